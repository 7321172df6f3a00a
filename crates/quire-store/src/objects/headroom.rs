//! Room in a log for what comes next.
//!
//! Making a commit durable takes several times as long if it made the file longer: the file system then has to write down the new
//! length as well. So a log that grew is at once made longer than it has to be. What is beyond SQLite's last frame are zeros, which
//! are no frame.

use std::cell::{Cell, OnceCell};
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

/// A log grows by as much as it has, within these bounds, in bytes: what is written once stays small.
const GROWTH_MIN: u64 = 16 * 1024;
const GROWTH_MAX: u64 = 1024 * 1024;

/// With less left, in bytes, all of it is for what has to be written.
const LEFT_MIN: u64 = 64 * 1024 * 1024;

/// The log of one database, as long as one connection has it for itself.
pub(super) struct Headroom {
    path: PathBuf,
    file: OnceCell<File>,
    /// How long the file was made, or would have been.
    length: Cell<u64>,
}

impl Headroom {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            file: OnceCell::new(),
            length: Cell::new(0),
        }
    }

    /// After a commit, on the thread of the connection: nobody else may write to the log meanwhile.
    pub(super) fn make(&self) {
        // Without room commits are slower, that is all; a full disk is found by those.
        let _ = self.try_make();
    }

    fn try_make(&self) -> io::Result<()> {
        let file = match self.file.get() {
            Some(file) => file,
            None => {
                let file = OpenOptions::new().write(true).open(&self.path)?;
                self.file.get_or_init(|| file)
            }
        };
        let length = file.metadata()?.len();
        if length > self.length.get() {
            let growth = length.clamp(GROWTH_MIN, GROWTH_MAX);
            self.length.set(length + growth);
            let system = rustix::fs::fstatvfs(file)?;
            if system.f_bavail.saturating_mul(system.f_frsize) < LEFT_MIN {
                return Ok(());
            }
            file.write_all_at(&vec![0; growth as usize], length)?;
        }
        Ok(())
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
