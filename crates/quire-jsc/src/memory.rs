//! Memory for large buffers, such as the contents of an `ArrayBuffer`.
//!
//! The system hands new memory out page by page and clears each: for 10 MB that takes as long as encrypting as much. So what the
//! engine's collector gives back is kept for a while, and taken again by who asks for about as much. What has to be new
//! is asked for in pages of 2 MB, which Linux makes on request: five interruptions instead of 2,500.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What is smaller holds too few large pages to be worth a system call.
const LARGE: usize = 4 * 1024 * 1024;

/// All that is kept together, in bytes.
const KEPT_BYTES_MAX: usize = 64 * 1024 * 1024;

/// How long something is kept that nobody takes.
const KEPT_TIME_MAX: Duration = Duration::from_secs(2);

/// Buffers that nobody uses, the oldest first.
static KEPT: Mutex<Vec<Kept>> = Mutex::new(Vec::new());

struct Kept {
    buffer: Vec<u8>,
    since: Instant,
}

/// As `Vec::with_capacity(capacity)`; there may be more.
pub fn with_capacity(capacity: usize) -> Vec<u8> {
    if capacity < LARGE {
        return Vec::with_capacity(capacity);
    }
    if let Some(buffer) = take(capacity) {
        return buffer;
    }
    let bytes = Vec::with_capacity(capacity);
    prepare(&bytes);
    bytes
}

/// How much more than it holds a buffer may have.
pub(crate) fn spare_max(length: usize) -> usize {
    length / 8
}

fn take(capacity: usize) -> Option<Vec<u8>> {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let fits = |kept: &Kept| {
        let spare = kept.buffer.capacity().checked_sub(capacity);
        spare.is_some_and(|spare| spare <= spare_max(capacity))
    };
    let index = kept.iter().rposition(fits)?;
    Some(kept.remove(index).buffer)
}

/// Keeps a buffer that is not needed any more for who needs one next.
pub fn give_back(mut buffer: Vec<u8>) {
    if !(LARGE..=KEPT_BYTES_MAX).contains(&buffer.capacity()) {
        return;
    }
    buffer.clear();
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    kept.push(Kept {
        buffer,
        since: Instant::now(),
    });
    let mut total: usize = kept.iter().map(|kept| kept.buffer.capacity()).sum();
    while total > KEPT_BYTES_MAX {
        total -= kept.remove(0).buffer.capacity();
    }
}

/// Gives memory back to the system that nobody has asked for in a while. To be called now and then.
pub fn release_unused() {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    kept.retain(|kept| kept.since.elapsed() < KEPT_TIME_MAX);
}

#[cfg(target_os = "linux")]
fn prepare(bytes: &Vec<u8>) {
    use crate::raw::madvise;
    /// Any page is a multiple of this.
    const PAGE: usize = 64 * 1024;
    /// `MADV_HUGEPAGE`.
    const IN_LARGE_PAGES: std::ffi::c_int = 14;

    let start = bytes.as_ptr();
    let skipped = start.align_offset(PAGE);
    let length = (bytes.capacity() - skipped) & !(PAGE - 1);
    // SAFETY: the range is within the vector's memory. The advice changes nothing of what is in it, and where it is not
    // taken, nothing at all.
    unsafe { madvise(start.add(skipped).cast_mut().cast(), length, IN_LARGE_PAGES) };
}

#[cfg(not(target_os = "linux"))]
fn prepare(_bytes: &Vec<u8>) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_memory_is_as_any_other_and_is_used_again() {
        let content: Vec<u8> = (0..33_000_001_u32).map(|index| index as u8).collect();
        for length in [0, 1, 5_000_000, 33_000_001] {
            let mut bytes = with_capacity(length);
            assert!(bytes.is_empty() && bytes.capacity() >= length);
            bytes.extend_from_slice(&content[..length]);
            assert_eq!(bytes, content[..length]);
        }
        // Lengths that no other test uses at the same time.
        let first = with_capacity(41_000_000);
        let place = first.as_ptr();
        give_back(first);
        let again = with_capacity(40_999_000);
        assert!(again.is_empty() && again.as_ptr() == place);
        let other = with_capacity(41_000_000);
        assert_ne!(other.as_ptr(), place);
        give_back(other);
        give_back(again);
        let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(
            kept.iter()
                .map(|kept| kept.buffer.capacity())
                .sum::<usize>()
                <= KEPT_BYTES_MAX
        );
    }
}
