//! Whose turn it is to write, among processes.
//!
//! A database has one writer at a time. Those that find it taken would try again after longer and longer pauses, so that a busy process
//! keeps the others out for seconds. Here they queue up: who waits for `held` keeps `next` meanwhile, so the process that just wrote
//! gets no second turn before one that was waiting. The system gives the locks of a process back when it dies.

use std::fs::File;
use std::path::Path;

/// The queue of a database.
pub(crate) struct Turn {
    /// `None` where locks cannot be had: then everybody tries until it works.
    files: Option<(File, File)>,
}

/// It is this process's turn until this is dropped.
pub(crate) struct Held<'a>(Option<&'a File>);

impl Turn {
    /// The queue for the database in this folder.
    pub(crate) fn open(folder: &Path) -> Self {
        let open = |name: &str| {
            let mut options = File::options();
            options.create(true).append(true);
            options.open(folder.join(name)).ok()
        };
        Self {
            files: open("next.lock").zip(open("held.lock")),
        }
    }

    /// Waits for its turn.
    pub(crate) fn take(&self) -> Held<'_> {
        let Some((next, held)) = &self.files else {
            return Held(None);
        };
        // Without a lock the database itself still sees to it that there is one writer.
        let queued = next.lock().is_ok();
        let held = held.lock().is_ok().then_some(held);
        if queued {
            let _ = next.unlock();
        }
        Held(held)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if let Some(held) = self.0 {
            let _ = held.unlock();
        }
    }
}
