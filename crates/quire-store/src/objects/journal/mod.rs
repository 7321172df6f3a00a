//! What makes the commits of all objects of a namespace durable, with one wait for the disk for as many as there are.
//!
//! SQLite leaves a commit in the object's log without waiting for the disk (`synchronous=NORMAL`): it survives the death of every process,
//! but not a power cut. What it added to the log is therefore copied into a journal, one for each process, and that is waited for
//! ([`writer`]). After a power cut it is put into the logs again, before any object is opened ([`recovery`]).
//!
//! This needs no order among journals and records: a record belongs to one life of its log, which it knows by the salts, and
//! within that the bytes at a place never change. So a record whose log has begun anew is ignored, since then all it said is in
//! the database, and durable; and one that is there twice does no harm.

mod half;
mod record;
mod recovery;
mod writer;

use super::alarms::Alarms;
use super::log::Log;
use crate::{StoreError, group};
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// What a commit adds to a log is made durable in the log itself if it is longer, in bytes: to write it twice takes longer than
/// to wait once more.
pub(super) const MUCH: u64 = 64 * 1024;

/// Commits that are made durable together, at most.
const TOGETHER_MAX: usize = 256;

/// A commit that is to be made durable.
pub(super) struct Commit {
    pub(super) log: Arc<Log>,
    pub(super) number: u64,
    /// Where in the log it is, unless it is much.
    pub(super) added: Option<(u64, Vec<u8>)>,
    /// The object's alarm, if the commit changed it.
    pub(super) alarm: Option<Option<i64>>,
}

/// The way of a namespace's commits to the journal of this process.
pub(super) struct Journal {
    folder: PathBuf,
    alarms: Arc<Alarms>,
    /// Once what a power cut left was dealt with.
    commits: Mutex<Option<Sender<Commit>>>,
    /// Shared with the thread that writes.
    in_use: Arc<()>,
}

impl Journal {
    /// For the namespace in this folder. Nothing happens yet.
    pub(super) fn new(folder: PathBuf, alarms: Arc<Alarms>) -> Self {
        Self {
            folder,
            alarms,
            commits: Mutex::default(),
            in_use: Arc::default(),
        }
    }

    /// What lives until the last object was closed after this was dropped, and the journal is gone.
    pub(super) fn in_use(&self) -> Weak<()> {
        Arc::downgrade(&self.in_use)
    }

    /// Where an object of the namespace sends its commits to. The first call puts in order what a power cut left. Blocks.
    pub(super) fn commits(&self) -> Result<Sender<Commit>, StoreError> {
        let mut commits = self.commits.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(commits) = commits.as_ref() {
            return Ok(commits.clone());
        }
        recovery::recover(&self.folder)?;
        let mut writer = writer::Writer::new(
            self.folder.clone(),
            self.alarms.clone(),
            self.in_use.clone(),
        )?;
        let write = move |commits| writer.write(commits);
        let sender = group::start("objects", &self.folder, TOGETHER_MAX, None, write)?;
        Ok(commits.insert(sender).clone())
    }
}

/// What the journals of a namespace are kept under, for as long as the system runs and the folder is this one; nothing where that cannot be
/// told. Processes may have died since one was written, but what they wrote into logs is there. In a copy, such as a snapshot of
/// the disk, it may not be.
fn run(namespace: &Path) -> Option<String> {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let folder = fs::metadata(namespace).ok()?;
    let (boot, device, inode) = (boot.trim(), folder.dev(), folder.ino());
    let is_name = !boot.is_empty()
        && boot
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_name.then(|| format!("{boot}-{device:x}-{inode:x}"))
}
