//! The thread that writes the journal, and the one that enters alarms into their index.

use super::super::alarms::Alarms;
use super::super::log::Log;
use super::half::Half;
use super::{Commit, TOGETHER_MAX, record, recovery, run};
use crate::owner::Owner;
use crate::{StoreError, folder, group};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::thread::{self, JoinHandle};

/// An alarm that is to be entered for a commit that is durable; or nothing of a commit of the same object after that.
struct Indexing {
    log: Arc<Log>,
    commit: u64,
    alarm: Option<Option<i64>>,
}

pub(super) struct Writer {
    folder: PathBuf,
    indexings: Sender<Indexing>,
    files: Option<Files>,
    /// What is written next, kept for its memory.
    records: Vec<u8>,
    /// Ends after the files are gone.
    _in_use: Arc<()>,
}

impl Writer {
    pub(super) fn new(
        folder: PathBuf,
        alarms: Arc<Alarms>,
        in_use: Arc<()>,
    ) -> Result<Self, StoreError> {
        let path = alarms.path().to_path_buf();
        let write = move |indexings: Vec<Indexing>| index(&alarms, &indexings);
        Ok(Self {
            indexings: group::start("alarms", &path, TOGETHER_MAX, None, write)?,
            folder,
            files: None,
            records: Vec::new(),
            _in_use: in_use,
        })
    }

    /// Makes commits durable and says so.
    pub(super) fn write(&mut self, commits: Vec<Commit>) {
        // Several commits of one object need no more than one wait without a journal. And there may be no room for one.
        let journaled = !are_of_one(&commits) && self.journal(&commits).is_ok();
        let mut synced: Option<(Arc<Log>, Result<(), StoreError>)> = None;
        for commit in commits {
            let Commit {
                log,
                number,
                added,
                alarm,
            } = commit;
            let result = match &synced {
                _ if journaled && added.is_some() => Ok(()),
                Some((last, result)) if Arc::ptr_eq(last, &log) => result.clone(),
                _ => {
                    let result = log.sync_in_place();
                    synced = Some((log.clone(), result.clone()));
                    result
                }
            };
            let may_go = alarm.is_none() && log.indexing.load(Ordering::Acquire) == 0;
            if may_go || result.is_err() {
                log.settle(number, result);
                continue;
            }
            log.indexing.fetch_add(1, Ordering::Relaxed);
            let indexing = Indexing {
                log: log.clone(),
                commit: number,
                alarm,
            };
            if self.indexings.send(indexing).is_err() {
                let path = self.folder.clone();
                log.settle(number, Err(StoreError::Closed { path }));
            }
        }
    }

    fn journal(&mut self, commits: &[Commit]) -> Result<(), StoreError> {
        self.records.clear();
        for commit in commits {
            if let Some((offset, bytes)) = &commit.added {
                record::encode(commit.log.object(), *offset, bytes, &mut self.records);
            }
        }
        if self.records.is_empty() {
            return Ok(());
        }
        if self.files.is_none() {
            self.files = Some(Files::create(&self.folder)?);
        }
        if let Some(files) = &mut self.files {
            files.append(&self.records, commits)?;
        }
        Ok(())
    }
}

/// Whether these are several commits, all of one object.
fn are_of_one(commits: &[Commit]) -> bool {
    let mut pairs = commits.windows(2);
    commits.len() > 1 && pairs.all(|pair| Arc::ptr_eq(&pair[0].log, &pair[1].log))
}

/// The two files, which are used by turns: while one is written, the logs that the other is about are made durable themselves.
struct Files {
    folder: PathBuf,
    owner: Owner,
    used: Half,
    other: Half,
    /// Counts how often a file was begun, among all of the process.
    usage: u64,
    settling: Option<JoinHandle<()>>,
}

impl Files {
    fn create(namespace: &Path) -> Result<Self, StoreError> {
        let Some(run) = run(namespace) else {
            return Err(StoreError::Group {
                text: "it cannot be told when the system was started".into(),
            });
        };
        let journals = recovery::folder(namespace);
        let folder = journals.join(run);
        let owners = recovery::owners(&folder);
        folder::create(&owners)?;
        let owner = Owner::new(&owners)?;
        let [path, other_path] = recovery::files(&folder, &owner.name);
        let files = Self {
            used: Half::create(path)?,
            other: Half::create(other_path)?,
            folder,
            owner,
            usage: next_usage(),
            settling: None,
        };
        for made in [&files.folder, &journals, namespace] {
            let synced = File::open(made).and_then(|folder| folder.sync_all());
            synced.map_err(StoreError::file(made))?;
        }
        Ok(files)
    }

    fn append(&mut self, records: &[u8], commits: &[Commit]) -> Result<(), StoreError> {
        if !self.used.has_room(records.len()) {
            self.turn_over();
        }
        let appended = self.used.append(records);
        appended.map_err(StoreError::file(self.used.path()))?;
        for commit in commits {
            if commit.added.is_some() && commit.log.note_in(self.usage) {
                self.used.logs.push(commit.log.clone());
            }
        }
        Ok(())
    }

    fn turn_over(&mut self) {
        if let Some(settling) = self.settling.take() {
            // It does not panic.
            let _ = settling.join();
        }
        std::mem::swap(&mut self.used, &mut self.other);
        self.used.begin_anew();
        self.usage = next_usage();
        let logs = std::mem::take(&mut self.other.logs);
        self.settling = Some(thread::spawn(move || settle(&logs)));
    }
}

impl Drop for Files {
    /// The last object was closed: its log is in the database.
    fn drop(&mut self) {
        if let Some(settling) = self.settling.take() {
            let _ = settling.join();
        }
        // What cannot be removed now is removed by another process.
        for path in [self.used.path(), self.other.path()] {
            let _ = fs::remove_file(path);
        }
        let _ = fs::remove_file(recovery::owners(&self.folder).join(&self.owner.name));
    }
}

fn next_usage() -> u64 {
    static USAGES: AtomicU64 = AtomicU64::new(1);
    USAGES.fetch_add(1, Ordering::Relaxed)
}

fn settle(logs: &[Arc<Log>]) {
    for log in logs {
        if let Err(error) = log.sync_in_place() {
            // What it had journaled was acknowledged; nothing more of it will be.
            log.settle(0, Err(error));
        }
    }
}

fn index(alarms: &Alarms, indexings: &[Indexing]) {
    let changes = indexings
        .iter()
        .filter_map(|indexing| Some((indexing.log.object(), indexing.alarm?)));
    let result = alarms.set(changes);
    for Indexing { log, commit, .. } in indexings {
        log.settle(*commit, result.clone());
        log.indexing.fetch_sub(1, Ordering::Release);
    }
}
