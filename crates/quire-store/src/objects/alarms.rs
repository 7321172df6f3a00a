//! The index of alarms of a namespace: which object is to be woken when.
//!
//! What counts is the alarm in the object's own database. The index never has a later time than that for an alarm that was
//! acknowledged; an entry that is too early, or of an alarm that is gone, only wakes an object for nothing.

use crate::StoreError;
use crate::sqlite::{Database, Durability};
use rusqlite::OptionalExtension;
use std::path::{Path, PathBuf};

const SCHEMA: &[&str] = &["
    CREATE TABLE alarms (object TEXT PRIMARY KEY, time INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX alarms_by_time ON alarms (time);
"];

/// An entry of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// The object's id
    pub object: String,
    /// When to wake it, in milliseconds since 1970
    pub time: i64,
}

/// When the objects of a namespace are to be woken. Used by all workers at once, from any thread.
pub struct Alarms {
    database: Database,
}

impl Alarms {
    pub(super) fn open(path: PathBuf) -> Result<Self, StoreError> {
        Ok(Self {
            database: Database::open(path, SCHEMA, Durability::PowerCut)?,
        })
    }

    pub(super) fn path(&self) -> &Path {
        self.database.path()
    }

    /// The entries before a time, the earliest first.
    pub fn before(&self, time: i64, limit: u32) -> Result<Vec<Alarm>, StoreError> {
        self.database.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT object, time FROM alarms WHERE time < ?1 ORDER BY time LIMIT ?2",
                )?
                .query_map((time, limit), |row| {
                    Ok(Alarm {
                        object: row.get(0)?,
                        time: row.get(1)?,
                    })
                })?
                .collect()
        })
    }

    /// When an object is to be woken.
    pub fn get(&self, object: &str) -> Result<Option<i64>, StoreError> {
        self.database.with(|connection| {
            connection
                .prepare_cached("SELECT time FROM alarms WHERE object = ?1")?
                .query_row([object], |row| row.get(0))
                .optional()
        })
    }

    /// Changes entries, durably and in this order.
    pub(super) fn set<'a>(
        &self,
        changes: impl IntoIterator<Item = (&'a str, Option<i64>)>,
    ) -> Result<(), StoreError> {
        self.database.write(|transaction| {
            for (object, time) in changes {
                match time {
                    Some(time) => transaction
                        .prepare_cached("INSERT INTO alarms VALUES (?1, ?2) ON CONFLICT DO UPDATE SET time = ?2")?
                        .execute((object, time))?,
                    None => transaction
                        .prepare_cached("DELETE FROM alarms WHERE object = ?1")?
                        .execute([object])?,
                };
            }
            Ok(())
        })
    }
}
