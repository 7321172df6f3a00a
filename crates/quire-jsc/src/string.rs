//! Strings across the boundary: UTF-8 in Rust, Latin-1 or UTF-16 in the engine.

use crate::raw::*;
use std::cell::RefCell;

/// An engine string that is released when dropped.
pub(crate) struct EngineString(JSStringRef);

thread_local! {
    /// The C API takes zero-terminated text: a buffer to put the zero behind a copy.
    static TERMINATED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The terminated copy is kept for the next string up to this size in bytes.
const TERMINATED_KEPT_MAX: usize = 64 * 1024;

/// Room behind a text beyond what it takes, since the engine only says how long it might be: some are kept for long.
const UNUSED_BYTES_MAX: usize = 1024;

impl EngineString {
    pub(crate) fn new(text: &str) -> Self {
        if text.as_bytes().contains(&0) {
            return Self::from_utf16(&text.encode_utf16().collect::<Vec<u16>>());
        }
        TERMINATED.with_borrow_mut(|buffer| {
            buffer.clear();
            buffer.extend_from_slice(text.as_bytes());
            buffer.push(0);
            // SAFETY: the buffer is valid UTF-8 with exactly one zero, at its end; it is copied.
            let string = unsafe { JSStringCreateWithUTF8CString(buffer.as_ptr().cast()) };
            if buffer.capacity() > TERMINATED_KEPT_MAX {
                *buffer = Vec::new();
            }
            Self(string)
        })
    }

    pub(crate) fn from_utf16(units: &[u16]) -> Self {
        // SAFETY: the slice gives a valid pointer and length; the characters are copied.
        Self(unsafe { JSStringCreateWithCharacters(units.as_ptr(), units.len()) })
    }

    /// Takes over a reference that the engine returned.
    ///
    /// # Safety
    /// `string` is a live engine string whose reference the caller owns.
    pub(crate) unsafe fn adopt(string: JSStringRef) -> Self {
        Self(string)
    }

    pub(crate) fn raw(&self) -> JSStringRef {
        self.0
    }

    /// The text; lone surrogates become U+FFFD.
    pub(crate) fn to_text(&self) -> String {
        // SAFETY: self.0 is a live string; the buffer is as large as the engine asks for, and the
        // engine reports how much of it was written, its closing zero included.
        unsafe {
            let length = JSStringGetLength(self.0);
            if length == 0 {
                return String::new();
            }
            let capacity = JSStringGetMaximumUTF8CStringSize(self.0);
            let mut buffer = Vec::<u8>::with_capacity(capacity);
            let written = JSStringGetUTF8CString(self.0, buffer.as_mut_ptr().cast(), capacity);
            if written > 1 {
                buffer.set_len(written - 1);
                if capacity - written > UNUSED_BYTES_MAX {
                    buffer.shrink_to_fit();
                }
                // The engine stops at a lone surrogate: then there are units left over.
                match String::from_utf8(buffer) {
                    Ok(text) if text.len() == length => return text,
                    Ok(text) if text.chars().map(char::len_utf16).sum::<usize>() == length => {
                        return text;
                    }
                    _ => {}
                }
            }
            let units = std::slice::from_raw_parts(JSStringGetCharactersPtr(self.0), length);
            String::from_utf16_lossy(units)
        }
    }
}

impl Drop for EngineString {
    fn drop(&mut self) {
        // SAFETY: this is the one reference that `self` owns.
        unsafe { JSStringRelease(self.0) }
    }
}
