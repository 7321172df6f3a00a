//! Connections to a SQLite database that several processes and threads share.

use crate::StoreError;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long a statement waits while another process writes.
const BUSY_MAX: Duration = Duration::from_secs(10);

/// Between attempts to open a database that another process is making ready.
const RETRY_AFTER: Duration = Duration::from_millis(2);

/// Connections that are kept open while nobody uses them.
const KEPT_MAX: usize = 4;

/// Statements that a connection keeps prepared.
const PREPARED_MAX: usize = 32;

/// The size of a new database's pages. Rows of a kilobyte stay whole.
const PAGE_BYTES: u32 = 8192;

/// What a transaction that was committed survives.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Durability {
    /// The death of any process. A power cut may lose the last ones, never tear one.
    Process,
    /// A power cut.
    PowerCut,
}

/// A database and connections to it.
pub(crate) struct Database {
    path: PathBuf,
    durability: Durability,
    kept: Mutex<Vec<Connection>>,
}

impl Database {
    /// Opens the database, and makes it if there is none. `schema` holds the steps from each version of it to the next.
    /// Where nobody may write, what is there can still be read.
    pub(crate) fn open(
        path: PathBuf,
        schema: &[&str],
        durability: Durability,
    ) -> Result<Self, StoreError> {
        let mut connection = connect(&path, durability)?;
        migrate(&path, &mut connection, schema)?;
        Ok(Self {
            path,
            durability,
            kept: Mutex::new(vec![connection]),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Lends a connection.
    pub(crate) fn with<R>(
        &self,
        run: impl FnOnce(&mut Connection) -> rusqlite::Result<R>,
    ) -> Result<R, StoreError> {
        let kept = self.lock().pop();
        let mut connection = match kept {
            Some(connection) => connection,
            None => connect(&self.path, self.durability)?,
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

/// A connection of its own.
pub(crate) fn connect(path: &Path, durability: Durability) -> Result<Connection, StoreError> {
    let open = || {
        let connection = Connection::open(path)?;
        connection.busy_timeout(BUSY_MAX)?;
        connection.pragma_update(None, "page_size", PAGE_BYTES)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        let synchronous = match durability {
            Durability::Process => "normal",
            Durability::PowerCut => "full",
        };
        connection.pragma_update(None, "synchronous", synchronous)?;
        connection.set_prepared_statement_cache_capacity(PREPARED_MAX);
        Ok(connection)
    };
    let until = Instant::now() + BUSY_MAX;
    loop {
        match open() {
            // Who finds another one making a new database ready is told so at once, whatever it would wait for otherwise.
            Err(error) if is_busy(&error) && Instant::now() < until => thread::sleep(RETRY_AFTER),
            opened => {
                let opened = opened.or_else(|error| connect_to_read(path).ok_or(error));
                return opened.map_err(StoreError::database(path));
            }
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(
        code,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

/// A connection where nobody may write. Without a log beside the database nothing can be missing from it, and it is read as it is.
pub(crate) fn connect_to_read(path: &Path) -> Option<Connection> {
    let log = path.with_extension("sqlite-wal");
    let has_log = log.metadata().is_ok_and(|log| log.len() > 0);
    let escaped = path.to_str()?.replace('%', "%25");
    let escaped = escaped.replace('?', "%3f").replace('#', "%23");
    let writable = std::fs::OpenOptions::new().append(true).open(path).is_ok()
        && path.parent().is_some_and(is_writable);
    if writable {
        return None;
    }
    let open = |parameters: &str, locking: &str| -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let connection =
            Connection::open_with_flags(format!("file:{escaped}?{parameters}"), flags)?;
        connection.pragma_update(None, "locking_mode", locking)?;
        connection.busy_timeout(BUSY_MAX)?;
        connection.set_prepared_statement_cache_capacity(PREPARED_MAX);
        connection.query_row("PRAGMA schema_version", (), |row| row.get::<_, i64>(0))?;
        Ok(connection)
    };
    if !has_log {
        return open("immutable=1", "normal").ok();
    }
    let opened = open("mode=ro", "normal").or_else(|error| match is_mounted_read_only(path) {
        // The log's index may be missing, and cannot be made there. One in memory needs a lock that a file which is open for reading
        // does not get, and where nothing can be written no lock is needed.
        true => open("mode=ro&vfs=unix-none", "exclusive"),
        false => Err(error),
    });
    opened.ok()
}

fn is_mounted_read_only(path: &Path) -> bool {
    rustix::fs::statvfs(path).is_ok_and(|system| {
        let flags = system.f_flag;
        flags.contains(rustix::fs::StatVfsMountFlags::RDONLY)
    })
}

fn is_writable(folder: &Path) -> bool {
    let probe = folder.join(format!(".probe-{}", std::process::id()));
    let made = std::fs::File::create(&probe).is_ok();
    let _ = std::fs::remove_file(probe);
    made
}

fn migrate(path: &Path, connection: &mut Connection, schema: &[&str]) -> Result<(), StoreError> {
    let mut run = || {
        let version = |connection: &Connection| {
            connection.query_row("PRAGMA user_version", (), |row| row.get::<_, usize>(0))
        };
        // Usually there is nothing to do, which must not wait for somebody who writes.
        if version(connection)? >= schema.len() {
            return version(connection);
        }
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version = version(&transaction)?;
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::sync::Barrier;

    #[test]
    fn a_new_database_is_opened_by_several_at_once() {
        const SCHEMA: &[&str] = &["CREATE TABLE t (a);"];
        for _ in 0..100 {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("new.sqlite");
            let barrier = Barrier::new(4);
            thread::scope(|scope| {
                for _ in 0..4 {
                    scope.spawn(|| {
                        barrier.wait();
                        let database = Database::open(path.clone(), SCHEMA, Durability::Process);
                        let insert = "INSERT INTO t VALUES (1)";
                        database
                            .unwrap()
                            .write(|transaction| transaction.execute(insert, ()))
                            .unwrap();
                    });
                }
            });
        }
    }
}
