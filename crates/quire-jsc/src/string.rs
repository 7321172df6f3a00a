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
        // SAFETY: self.0 is a live string, which keeps so many characters for as long.
        let units = unsafe {
            match JSStringGetLength(self.0) {
                0 => return String::new(),
                length => std::slice::from_raw_parts(JSStringGetCharactersPtr(self.0), length),
            }
        };
        // The engine's own conversion goes character by character; both of these loops take many at a time.
        if units.iter().fold(0, |all, unit| all | unit) < 0x80 {
            let bytes = units.iter().map(|&unit| unit as u8).collect();
            // SAFETY: ASCII is UTF-8.
            return unsafe { String::from_utf8_unchecked(bytes) };
        }
        String::from_utf16_lossy(units)
    }
}

impl Drop for EngineString {
    fn drop(&mut self) {
        // SAFETY: this is the one reference that `self` owns.
        unsafe { JSStringRelease(self.0) }
    }
}
