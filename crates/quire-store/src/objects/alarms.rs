//! The index of alarms of a namespace: which object is to be woken when.
//!
//! What counts is the alarm in the object's own database. The index never has a later time than that for an alarm that was
//! acknowledged; an entry that is too early, or of an alarm that is gone, only wakes an object for nothing.

use crate::StoreError;
use crate::sqlite::{Database, Durability};
use rusqlite::OptionalExtension;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

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
    /// Changes that wait for the thread that writes.
    queue: Mutex<Queue>,
    written: Condvar,
}

#[derive(Default)]
struct Queue {
    waiting: Vec<(String, Option<i64>)>,
    /// How many changes were ever asked for, and how many of them were written or failed
    asked: u64,
    done: u64,
    /// Up to which change writing failed last, and why
    failed: Option<(u64, String)>,
    writing: bool,
}

impl Alarms {
    pub(super) fn open(path: PathBuf) -> Result<Self, StoreError> {
        Ok(Self {
            database: Database::open(path, SCHEMA, Durability::PowerCut)?,
            queue: Mutex::default(),
            written: Condvar::new(),
        })
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

    /// Changes an entry, durably. Changes that are asked for at the same time are written together.
    pub(super) fn set(&self, object: &str, time: Option<i64>) -> Result<(), StoreError> {
        let mut queue = self.lock();
        queue.waiting.push((object.to_owned(), time));
        queue.asked += 1;
        let mine = queue.asked;
        while queue.done < mine {
            if queue.writing {
                queue = self
                    .written
                    .wait(queue)
                    .unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            queue.writing = true;
            let (changes, last) = (std::mem::take(&mut queue.waiting), queue.asked);
            drop(queue);
            let result = self.write(&changes);
            queue = self.lock();
            queue.writing = false;
            queue.done = last;
            let failure = result.as_ref().err().map(ToString::to_string);
            if let Some(text) = failure {
                queue.failed = Some((last, text));
            }
            self.written.notify_all();
            return result;
        }
        match &queue.failed {
            Some((last, text)) if *last >= mine => Err(StoreError::Group { text: text.clone() }),
            _ => Ok(()),
        }
    }

    fn write(&self, changes: &[(String, Option<i64>)]) -> Result<(), StoreError> {
        self.database.with(|connection| {
            let transaction =
                connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
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
            transaction.commit()
        })
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
