//! Memory for large buffers, such as the contents of an `ArrayBuffer`.
//!
//! The system hands new memory out page by page, each when it is first written: for 10 MB that are 2,500 interruptions, which
//! take longer than encrypting as much. In pages of 2 MB they are five. Linux makes such pages where it is asked to.

/// What is smaller holds too few large pages to be worth a system call.
#[cfg(target_os = "linux")]
const LARGE: usize = 4 * 1024 * 1024;

/// As `vec![0; length]`.
pub fn zeroed(length: usize) -> Vec<u8> {
    let bytes = vec![0; length];
    prepare(&bytes);
    bytes
}

/// As `Vec::with_capacity(capacity)`.
pub fn with_capacity(capacity: usize) -> Vec<u8> {
    let bytes = Vec::with_capacity(capacity);
    prepare(&bytes);
    bytes
}

#[cfg(target_os = "linux")]
fn prepare(bytes: &Vec<u8>) {
    use crate::raw::madvise;
    /// Any page is a multiple of this.
    const PAGE: usize = 64 * 1024;
    /// `MADV_HUGEPAGE`.
    const IN_LARGE_PAGES: std::ffi::c_int = 14;

    if bytes.capacity() < LARGE {
        return;
    }
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
    fn large_memory_is_as_any_other() {
        for length in [0, 1, 5_000_000, 33_000_001] {
            let mut bytes = zeroed(length);
            assert!(bytes.len() == length && bytes.iter().all(|byte| *byte == 0));
            bytes.fill(7);
            let mut other = with_capacity(length);
            assert!(other.is_empty() && other.capacity() >= length);
            other.extend_from_slice(&bytes);
            assert_eq!(bytes, other);
        }
    }
}
