//! What makes an object's commits survive a power cut.

use super::alarms::Alarms;
use crate::StoreError;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The write-ahead log of an object's database, and the object's entry in the index of alarms.
pub struct Log {
    object: String,
    path: PathBuf,
    alarms: Arc<Alarms>,
    /// The log, once it was used. Threads take turns.
    file: Mutex<Option<File>>,
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
            file: Mutex::default(),
            alarm: Mutex::new(AlarmEntry {
                committed: alarm,
                indexed: alarm,
            }),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn alarm_committed(&self, time: Option<i64>) {
        self.alarm().committed = time;
    }

    /// Makes durable what was committed before this call. Blocks.
    pub fn sync(&self) -> Result<(), StoreError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let AlarmEntry { committed, indexed } = *self.alarm();
        let sooner = match (committed, indexed) {
            (Some(time), Some(indexed)) => time < indexed,
            (Some(_), None) => true,
            (None, _) => false,
        };
        if sooner {
            self.index(committed)?;
        }
        let log = match file.take() {
            Some(log) => log,
            None => File::open(&self.path).map_err(StoreError::file(&self.path))?,
        };
        let log = file.insert(log);
        log.sync_data().map_err(StoreError::file(&self.path))?;
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
