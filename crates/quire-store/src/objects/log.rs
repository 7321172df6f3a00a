//! What makes an object's commits survive a power cut.

use super::alarms::Alarms;
use crate::StoreError;
use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// The write-ahead log of an object's database, and the object's entry in the index of alarms.
pub struct Log {
    object: String,
    path: PathBuf,
    alarms: Arc<Alarms>,
    /// The log, once it was used.
    file: OnceLock<File>,
    /// Threads that make commits durable take turns.
    turn: Mutex<()>,
    alarm: Mutex<AlarmEntry>,
}

/// The alarm of an object as it was committed, and as the index has it.
#[derive(Clone, Copy)]
struct AlarmEntry {
    committed: Option<i64>,
    indexed: Option<i64>,
}

impl Log {
    /// `alarm` is what both the object's database and the index say.
    pub(super) fn new(
        object: String,
        path: PathBuf,
        alarms: Arc<Alarms>,
        alarm: Option<i64>,
    ) -> Self {
        Self {
            object,
            path,
            alarms,
            file: OnceLock::new(),
            turn: Mutex::default(),
            alarm: Mutex::new(AlarmEntry {
                committed: alarm,
                indexed: alarm,
            }),
        }
    }

    /// The log itself, which is there after the first commit.
    pub(super) fn file(&self) -> Result<&File, StoreError> {
        if let Some(file) = self.file.get() {
            return Ok(file);
        }
        let opened = OpenOptions::new().write(true).open(&self.path);
        let file = opened.map_err(StoreError::file(&self.path))?;
        Ok(self.file.get_or_init(|| file))
    }

    pub(super) fn alarm_committed(&self, time: Option<i64>) {
        self.alarm().committed = time;
    }

    /// Makes durable what was committed before this call. Blocks.
    pub fn sync(&self) -> Result<(), StoreError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let AlarmEntry { committed, indexed } = *self.alarm();
        let sooner = match (committed, indexed) {
            (Some(time), Some(indexed)) => time < indexed,
            (Some(_), None) => true,
            (None, _) => false,
        };
        if sooner {
            self.index(committed)?;
        }
        let synced = self.file()?.sync_data();
        synced.map_err(StoreError::file(&self.path))?;
        if !sooner && committed != indexed {
            self.index(committed)?;
        }
        Ok(())
    }

    fn index(&self, time: Option<i64>) -> Result<(), StoreError> {
        self.alarms.set(&self.object, time)?;
        self.alarm().indexed = time;
        Ok(())
    }

    fn alarm(&self) -> MutexGuard<'_, AlarmEntry> {
        self.alarm.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
