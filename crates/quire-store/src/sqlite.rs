//! Connections to a SQLite database that several processes and threads share.

use crate::StoreError;
use rusqlite::{Connection, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long a statement waits while another process writes.
const BUSY_MAX: Duration = Duration::from_secs(10);

/// Connections that are kept open while nobody uses them.
const KEPT_MAX: usize = 4;

/// Statements that a connection keeps prepared.
const PREPARED_MAX: usize = 32;

/// A database and connections to it.
pub(crate) struct Database {
    path: PathBuf,
    kept: Mutex<Vec<Connection>>,
}

impl Database {
    /// Opens the database, and makes it if there is none. `schema` holds the steps from each version of it to the next.
    pub(crate) fn open(path: PathBuf, schema: &[&str]) -> Result<Self, StoreError> {
        let mut connection = connect(&path)?;
        migrate(&path, &mut connection, schema)?;
        Ok(Self {
            path,
            kept: Mutex::new(vec![connection]),
        })
    }

    /// Lends a connection.
    pub(crate) fn with<R>(
        &self,
        run: impl FnOnce(&mut Connection) -> rusqlite::Result<R>,
    ) -> Result<R, StoreError> {
        let kept = self.lock().pop();
        let mut connection = match kept {
            Some(connection) => connection,
            None => connect(&self.path)?,
        };
        let result = run(&mut connection).map_err(StoreError::database(&self.path))?;
        let mut kept = self.lock();
        if kept.len() < KEPT_MAX {
            kept.push(connection);
        }
        Ok(result)
    }

    /// Lends a transaction that writes, and commits it unless there is an error.
    pub(crate) fn write<R>(
        &self,
        run: impl FnOnce(&rusqlite::Transaction<'_>) -> rusqlite::Result<R>,
    ) -> Result<R, StoreError> {
        self.with(|connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let result = run(&transaction)?;
            transaction.commit()?;
            Ok(result)
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    let open = || {
        let connection = Connection::open(path)?;
        connection.busy_timeout(BUSY_MAX)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        // With a write-ahead log this survives the death of any process; a power cut may lose the last writes, never tear one.
        connection.pragma_update(None, "synchronous", "normal")?;
        connection.set_prepared_statement_cache_capacity(PREPARED_MAX);
        Ok(connection)
    };
    open().map_err(StoreError::database(path))
}

fn migrate(path: &Path, connection: &mut Connection, schema: &[&str]) -> Result<(), StoreError> {
    let mut run = || {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version: usize = transaction.query_row("PRAGMA user_version", (), |row| row.get(0))?;
        for step in schema.get(version..).unwrap_or_default() {
            transaction.execute_batch(step)?;
        }
        if version < schema.len() {
            transaction.pragma_update(None, "user_version", schema.len())?;
        }
        transaction.commit()?;
        Ok(version)
    };
    let version = run().map_err(StoreError::database(path))?;
    match version > schema.len() {
        true => Err(StoreError::TooNew {
            path: path.to_path_buf(),
        }),
        false => Ok(()),
    }
}
