//! An object's commits on their way to being durable.

use super::wal::{Added, Tail};
use crate::StoreError;
use std::fs::File;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

/// What is told of a commit: its number, and whether it is durable.
type Listener = Box<dyn Fn(u64, Result<(), StoreError>) + Send + Sync>;

/// The write-ahead log of an object's database, and which of its commits are durable.
pub struct Log {
    object: String,
    path: PathBuf,
    /// The log itself, from the first commit until the database was closed.
    file: Mutex<Option<Arc<File>>>,
    progress: Mutex<Progress>,
    changed: Condvar,
    listener: OnceLock<Listener>,
    /// Commits whose alarm is being entered into the index.
    pub(super) indexing: AtomicU64,
    /// In which use of a file of the journal this log was noted last.
    noted_in: AtomicU64,
}

#[derive(Default)]
struct Progress {
    committed: u64,
    settled: u64,
    failure: Option<StoreError>,
}

impl Log {
    pub(super) fn new(object: String, path: PathBuf) -> Self {
        Self {
            object,
            path,
            file: Mutex::default(),
            progress: Mutex::default(),
            changed: Condvar::new(),
            listener: OnceLock::new(),
            indexing: AtomicU64::new(0),
            noted_in: AtomicU64::new(0),
        }
    }

    /// The object's id.
    pub(super) fn object(&self) -> &str {
        &self.object
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Has a function told of each commit when it is durable, or why it is not, from any thread; of the last one at once if there was one
    /// before, and perhaps twice. The first function stays.
    pub fn listen(&self, listener: impl Fn(u64, Result<(), StoreError>) + Send + Sync + 'static) {
        let _ = self.listener.set(Box::new(listener));
        let progress = self.progress();
        let (settled, failure) = (progress.settled, progress.failure.clone());
        drop(progress);
        if let Some(listener) = self.listener.get()
            && (settled > 0 || failure.is_some())
        {
            listener(settled, failure.map_or(Ok(()), Err));
        }
    }

    /// How many commits there were. They are numbered from 1.
    pub fn commits(&self) -> u64 {
        self.progress().committed
    }

    /// Waits until everything that was committed before this call is durable.
    pub fn sync(&self) -> Result<(), StoreError> {
        let mut progress = self.progress();
        let wanted = progress.committed;
        while progress.settled < wanted && progress.failure.is_none() {
            let waited = self.changed.wait(progress);
            progress = waited.unwrap_or_else(PoisonError::into_inner);
        }
        progress.failure.clone().map_or(Ok(()), Err)
    }

    /// There is one more commit; gives its number.
    pub(super) fn committed(&self) -> u64 {
        let mut progress = self.progress();
        progress.committed += 1;
        progress.committed
    }

    /// This commit, and all before it, are durable, or never will be.
    pub(super) fn settle(&self, commit: u64, result: Result<(), StoreError>) {
        let mut progress = self.progress();
        progress.settled = progress.settled.max(commit);
        if let Err(error) = &result {
            progress.failure.get_or_insert_with(|| error.clone());
        }
        drop(progress);
        self.changed.notify_all();
        if let Some(listener) = self.listener.get() {
            listener(commit, result);
        }
    }

    /// What was added to the log, now that it has so many frames.
    pub(super) fn added(
        &self,
        tail: &mut Tail,
        frames: u64,
        much: u64,
    ) -> Result<Added, StoreError> {
        let file = self.file()?;
        let added = tail.advance(&file, frames, much);
        added.map_err(StoreError::file(&self.path))
    }

    /// Makes durable what is in the log, in place. Blocks.
    pub(super) fn sync_in_place(&self) -> Result<(), StoreError> {
        let file = self.lock_file().clone();
        // A database that was closed has everything itself.
        let Some(file) = file else {
            return Ok(());
        };
        file.sync_data().map_err(StoreError::file(&self.path))
    }

    /// The database was closed, which removes the log, unless that failed.
    pub(super) fn close(&self) {
        let file = self.lock_file().clone();
        let is_left = |file: &File| file.metadata().is_ok_and(|file| file.nlink() > 0);
        if let Some(file) = file.filter(|file| is_left(file)) {
            // A failure here is not the first one, and nobody is there to be told.
            let _ = file.sync_data();
        }
        self.lock_file().take();
    }

    fn file(&self) -> Result<Arc<File>, StoreError> {
        let mut file = self.lock_file();
        if let Some(file) = file.as_ref() {
            return Ok(file.clone());
        }
        let opened = File::open(&self.path).map_err(StoreError::file(&self.path))?;
        Ok(file.insert(Arc::new(opened)).clone())
    }

    fn lock_file(&self) -> MutexGuard<'_, Option<Arc<File>>> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this use of a file of the journal is the first to note the log.
    pub(super) fn note_in(&self, usage: u64) -> bool {
        self.noted_in.swap(usage, Ordering::Relaxed) != usage
    }
}
