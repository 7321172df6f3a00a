//! Room in a log for what comes next.
//!
//! Making a commit durable takes several times as long if it made the file longer: the file system then has to write down the new
//! length as well. So a log that grew is at once made longer than it has to be. What is beyond SQLite's last frame are zeros, which
//! are no frame.

use std::cell::Cell;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// A log grows by as much as it has, within these bounds, in bytes: what is written once stays small.
const GROWTH_MIN: u64 = 16 * 1024;
const GROWTH_MAX: u64 = 1024 * 1024;

/// With less left, in bytes, all of it is for what has to be written.
const LEFT_MIN: u64 = 64 * 1024 * 1024;

/// How long the log of one database was made, or would have been, as long as one connection has it for itself.
#[derive(Default)]
pub(super) struct Headroom(Cell<u64>);

impl Headroom {
    /// After a commit, on the thread of the connection: nobody else may write to the log meanwhile. Without room commits are slower,
    /// that is all.
    pub(super) fn make(&self, log: &File) -> io::Result<()> {
        let length = log.metadata()?.len();
        if length <= self.0.get() {
            return Ok(());
        }
        let growth = length.clamp(GROWTH_MIN, GROWTH_MAX);
        self.0.set(length + growth);
        let system = rustix::fs::fstatvfs(log)?;
        if system.f_bavail.saturating_mul(system.f_frsize) < LEFT_MIN {
            return Ok(());
        }
        log.write_all_at(&vec![0; growth as usize], length)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::Namespace;
    use std::fs;
    use std::time::Duration;

    #[test]
    fn a_log_grows_in_few_steps_and_holds_what_was_committed() {
        let folder = tempfile::tempdir().unwrap();
        let objects = folder.path().join("objects");
        let namespace = Namespace::open(objects.clone()).unwrap();
        let state = namespace.state("one", Duration::ZERO).unwrap();
        let log = objects.join("one.sqlite-wal");
        let mut lengths = Vec::new();
        for number in 0..200 {
            state.put("count", &[number]).unwrap();
            state.commit().unwrap();
            lengths.push(fs::metadata(&log).unwrap().len());
        }
        lengths.dedup();
        assert!(lengths.len() < 12, "{lengths:?}");
        // As after a kill: what follows the last frame is not taken for one.
        let copy = folder.path().join("copy");
        fs::create_dir(&copy).unwrap();
        for name in ["one.sqlite", "one.sqlite-wal"] {
            fs::copy(objects.join(name), copy.join(name)).unwrap();
        }
        drop(state);
        let copied = Namespace::open(copy).unwrap();
        let copied = copied.state("one", Duration::ZERO).unwrap();
        assert_eq!(copied.get("count").unwrap(), Some(vec![199]));
    }
}
