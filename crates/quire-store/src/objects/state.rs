//! The state of one object.

use super::authorizer::Trust;
use super::error::ObjectError;
use super::journal::{Commit, MUCH};
use super::log::Log;
use super::wal::{Added, Tail};
use crate::StoreError;
use rusqlite::{CachedStatement, Connection, Params, Row};
use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;

/// Rows of `_cf_METADATA`.
const ALARM: i64 = 1;
const NAME: i64 = 2;
const ALARM_RETRIES: i64 = 3;

/// How deep savepoints may be nested.
const DEPTH_MAX: u32 = 64;

/// The state of an object: values by key, SQL, an alarm. While this lives, no other process has it.
///
/// What is written belongs to one transaction until [`commit`](Self::commit). That survives the death of every process at once, and a power
/// cut as soon as [`Log`] says so. After a fatal error nothing works any more.
pub struct ObjectState {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    pub(super) trust: Trust,
    journaled: Journaled,
    /// Whether a transaction is open.
    open: Cell<bool>,
    /// How many savepoints are open.
    depth: Cell<u32>,
    broken: Cell<bool>,
    /// Whether this transaction may change the alarm.
    alarm_touched: Cell<bool>,
}

/// What an object's commits pass through. The connection is closed before.
pub(super) struct Journaled {
    pub(super) log: Arc<Log>,
    pub(super) commits: Sender<Commit>,
    /// How many frames SQLite's log has, if there are more since the last commit; else 0.
    pub(super) frames: Arc<AtomicU64>,
    pub(super) tail: RefCell<Tail>,
    /// The alarm that the index has, or will have.
    pub(super) alarm: Cell<Option<i64>>,
}

impl Journaled {
    /// Has what was committed made durable.
    fn hand_over(&self, alarm: Option<Option<i64>>) {
        let frames = self.frames.swap(0, Ordering::Relaxed);
        if frames == 0 {
            return;
        }
        let number = self.log.committed();
        let added = self.log.added(&mut self.tail.borrow_mut(), frames, MUCH);
        let added = match added {
            Ok(Added::Bytes { offset, bytes }) => Some((offset, bytes)),
            Ok(Added::Much) => None,
            Err(error) => return self.log.settle(number, Err(error)),
        };
        let alarm = alarm.filter(|alarm| self.alarm.replace(*alarm) != *alarm);
        let log = self.log.clone();
        let commit = Commit {
            log,
            number,
            added,
            alarm,
        };
        if self.commits.send(commit).is_err() {
            let path = self.log.path().to_path_buf();
            self.log.settle(number, Err(StoreError::Closed { path }));
        }
    }
}

impl Drop for Journaled {
    fn drop(&mut self) {
        self.log.close();
    }
}

impl ObjectState {
    pub(super) fn new(
        connection: Connection,
        path: PathBuf,
        trust: Trust,
        journaled: Journaled,
    ) -> Self {
        Self {
            connection,
            path,
            trust,
            journaled,
            open: Cell::new(false),
            depth: Cell::new(0),
            broken: Cell::new(false),
            alarm_touched: Cell::new(false),
        }
    }

    /// The object's database.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Which commits are durable.
    pub fn log(&self) -> &Arc<Log> {
        &self.journaled.log
    }

    /// Whether there is something to commit.
    pub fn is_dirty(&self) -> bool {
        self.open.get()
    }

    /// Ends the transaction: all of it is kept, or nothing. With savepoints open this does nothing.
    pub fn commit(&self) -> Result<(), ObjectError> {
        if !self.open.get() || self.depth.get() > 0 {
            return Ok(());
        }
        // The index of alarms must know of nothing that may still be undone.
        let alarm = match self.alarm_touched.take() {
            true => Some(self.alarm()?),
            false => None,
        };
        // This fails if a foreign key is still violated, for example.
        self.run("COMMIT", ())?;
        self.open.set(false);
        self.journaled.hand_over(alarm);
        Ok(())
    }

    /// What runs as a transaction of its own is committed when it is done.
    pub(super) fn run_alone(&self, sql: &str) -> Result<(), ObjectError> {
        self.run(sql, ())?;
        self.journaled.hand_over(None);
        Ok(())
    }

    /// Undoes the whole transaction.
    pub fn undo(&self) -> Result<(), ObjectError> {
        if !self.open.get() {
            return Ok(());
        }
        self.depth.set(0);
        self.alarm_touched.set(false);
        self.run("ROLLBACK", ())?;
        self.open.set(false);
        Ok(())
    }

    /// Begins a part of the transaction that can be undone by itself.
    pub fn savepoint(&self) -> Result<(), ObjectError> {
        if self.depth.get() == DEPTH_MAX {
            return Err(ObjectError::Sql(format!(
                "transactions are nested deeper than {DEPTH_MAX}"
            )));
        }
        self.begin()?;
        self.run(&format!("SAVEPOINT _cf_{}", self.depth.get()), ())?;
        self.depth.set(self.depth.get() + 1);
        Ok(())
    }

    /// Ends the innermost part: it belongs to the whole.
    pub fn release(&self) -> Result<(), ObjectError> {
        self.depth.set(self.depth.get().saturating_sub(1));
        self.run(&format!("RELEASE _cf_{}", self.depth.get()), ())?;
        Ok(())
    }

    /// Ends the innermost part and undoes it.
    pub fn rollback(&self) -> Result<(), ObjectError> {
        self.depth.set(self.depth.get().saturating_sub(1));
        self.run(&format!("ROLLBACK TO _cf_{}", self.depth.get()), ())?;
        self.run(&format!("RELEASE _cf_{}", self.depth.get()), ())?;
        Ok(())
    }

    /// How many parts are open.
    pub fn depth(&self) -> u32 {
        self.depth.get()
    }

    /// When the alarm is due, in milliseconds since 1970.
    pub fn alarm(&self) -> Result<Option<i64>, ObjectError> {
        self.metadata(ALARM)
    }

    /// Sets or removes the alarm.
    pub fn set_alarm(&self, time: Option<i64>) -> Result<(), ObjectError> {
        self.set_metadata(ALARM, time)?;
        self.alarm_touched.set(true);
        Ok(())
    }

    /// How often the alarm's handler failed in a row.
    pub fn alarm_retries(&self) -> Result<u32, ObjectError> {
        let retries: Option<i64> = self.metadata(ALARM_RETRIES)?;
        Ok(retries
            .and_then(|count| u32::try_from(count).ok())
            .unwrap_or(0))
    }

    /// Notes how often the alarm's handler failed in a row.
    pub fn set_alarm_retries(&self, count: u32) -> Result<(), ObjectError> {
        self.set_metadata(ALARM_RETRIES, (count > 0).then_some(i64::from(count)))
    }

    /// The name that the object was first reached by.
    pub fn name(&self) -> Result<Option<String>, ObjectError> {
        self.metadata(NAME)
    }

    /// Notes the name that the object was reached by.
    pub fn set_name(&self, name: &str) -> Result<(), ObjectError> {
        self.set_metadata(NAME, Some(name))
    }

    fn metadata<T: rusqlite::types::FromSql>(&self, key: i64) -> Result<Option<T>, ObjectError> {
        self.row(
            "SELECT value FROM _cf_METADATA WHERE key = ?1",
            [key],
            |row| row.get(0),
        )
    }

    fn set_metadata(
        &self,
        key: i64,
        value: Option<impl rusqlite::ToSql>,
    ) -> Result<(), ObjectError> {
        self.begin()?;
        match value {
            Some(value) => self.run(
                "INSERT INTO _cf_METADATA VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2",
                (key, value),
            ),
            None => self.run("DELETE FROM _cf_METADATA WHERE key = ?1", [key]),
        }
        .map(drop)
    }

    /// Whether the state still works.
    pub(super) fn check(&self) -> Result<(), ObjectError> {
        match self.broken.get() {
            true => Err(ObjectError::Broken),
            false => Ok(()),
        }
    }

    /// After an error: if it ended the transaction, or may have, nothing works any more.
    pub(super) fn note(&self, error: ObjectError) -> ObjectError {
        if error.is_fatal() || (self.open.get() && self.connection.is_autocommit()) {
            self.broken.set(true);
            if !self.connection.is_autocommit() {
                // It may fail for the same reason; the connection is not used any more.
                let _ = self.connection.execute_batch("ROLLBACK");
            }
            self.open.set(false);
        }
        error
    }

    /// Begins a transaction, unless there is one.
    pub(super) fn begin(&self) -> Result<(), ObjectError> {
        self.check()?;
        if !self.open.get() {
            self.run("BEGIN IMMEDIATE", ())?;
            self.open.set(true);
        }
        Ok(())
    }

    /// Runs a statement of our own; how many rows it changed.
    pub(super) fn run(&self, sql: &str, values: impl Params) -> Result<usize, ObjectError> {
        self.with(sql, |statement| statement.execute(values))
    }

    /// The first row of a query of our own.
    pub(super) fn row<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, ObjectError> {
        self.with(sql, |statement| {
            statement.query(values)?.next()?.map(read).transpose()
        })
    }

    /// Lends a prepared statement of our own.
    pub(super) fn with<T>(
        &self,
        sql: &str,
        run: impl FnOnce(&mut CachedStatement<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, ObjectError> {
        self.check()?;
        self.trust.set(true);
        let result = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| run(&mut statement));
        self.trust.set(false);
        result
            .map_err(ObjectError::own(&self.path))
            .map_err(|error| self.note(error))
    }
}
