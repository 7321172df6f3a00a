//! How much memory a process occupies.

/// Resident bytes of a process, where the system tells those of another one.
pub(super) fn resident_bytes(pid: u32) -> Option<u64> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let statm = std::fs::read_to_string(format!("/proc/{pid}/statm")).ok()?;
    let pages: u64 = statm.split_ascii_whitespace().nth(1)?.parse().ok()?;
    pages.checked_mul(rustix::param::page_size() as u64)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![allow(clippy::unwrap_used)]

    #[test]
    fn counts_what_was_touched() {
        let before = super::resident_bytes(std::process::id()).unwrap();
        let block = std::hint::black_box(vec![1_u8; 64 * 1024 * 1024]);
        let after = super::resident_bytes(std::process::id()).unwrap();
        drop(block);
        assert!(after >= before + 48 * 1024 * 1024, "{before} {after}");
    }
}
