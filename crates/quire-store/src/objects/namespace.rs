//! The objects of one class, and how the state of one is opened.

use super::alarms::Alarms;
use super::authorizer::Trust;
use super::error::ObjectError;
use super::journal::Journal;
use super::log::Log;
use super::state::{Journaled, ObjectState};
use super::wal::Tail;
use crate::sqlite::connect_to_read;
use crate::{StoreError, folder};
use rusqlite::config::DbConfig;
use rusqlite::hooks::Wal;
use rusqlite::limits::Limit;
use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags, OptionalExtension};
use std::cell::{Cell, RefCell};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// The tables of a new object.
const SCHEMA: &str = "
    CREATE TABLE _cf_KV (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE _cf_METADATA (key INTEGER PRIMARY KEY, value);
    PRAGMA user_version = 1;
";

const READ_ALARM: &str = "SELECT value FROM _cf_METADATA WHERE key = 1";

/// The version of [`SCHEMA`].
const VERSION: i64 = 1;

/// Between attempts to get an object that another process still has.
const RETRY_AFTER: Duration = Duration::from_millis(5);

/// Statements that a connection keeps prepared.
const PREPARED_MAX: usize = 64;

/// Frames in a log after which they are moved into the database, as SQLite does by itself.
const CHECKPOINT_FRAMES: i32 = 1000;

/// What a program's SQL may use, as the original has it.
const LIMITS: [(Limit, i32); 9] = [
    (Limit::SQLITE_LIMIT_LENGTH, 4 * 1024 * 1024),
    (Limit::SQLITE_LIMIT_SQL_LENGTH, 100_000),
    (Limit::SQLITE_LIMIT_COLUMN, 100),
    (Limit::SQLITE_LIMIT_EXPR_DEPTH, 100),
    (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 5),
    (Limit::SQLITE_LIMIT_VDBE_OP, 25_000),
    (Limit::SQLITE_LIMIT_FUNCTION_ARG, 127),
    (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50),
    (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, 100),
];
const TRIGGER_DEPTH_MAX: i32 = 10;

/// The objects of one class: a folder with a database for each of them.
pub struct Namespace {
    folder: PathBuf,
    alarms: Arc<Alarms>,
    journal: Journal,
}

impl Namespace {
    /// Opens a namespace. `folder` belongs to it alone.
    pub fn open(folder: PathBuf) -> Result<Self, StoreError> {
        folder::create(&folder)?;
        let alarms = Arc::new(Alarms::open(folder.join("alarms.sqlite"))?);
        Ok(Self {
            journal: Journal::new(folder.clone(), alarms.clone()),
            folder,
            alarms,
        })
    }

    /// What lives until this namespace was dropped, its last object was closed, and all is in order on disk.
    pub fn in_use(&self) -> Weak<()> {
        self.journal.in_use()
    }

    /// When objects are to be woken.
    pub fn alarms(&self) -> &Arc<Alarms> {
        &self.alarms
    }

    /// Takes hold of an object, which is made if there is none. If another process has it, waits for as long as said. Blocks.
    ///
    /// `object` is the object's id, which is a file name.
    pub fn state(&self, object: &str, wait: Duration) -> Result<ObjectState, ObjectError> {
        let path = self.folder.join(format!("{object}.sqlite"));
        // Before the object is opened: after a power cut the journals have some of it.
        let commits = self.journal.commits()?;
        let until = Instant::now() + wait;
        let (mut connection, trust, alarm) = loop {
            match connect(&path) {
                Err(ObjectError::Busy { .. }) if Instant::now() < until => {
                    thread::sleep(RETRY_AFTER);
                }
                result => break result?,
            }
        };
        let may_write = !connection
            .is_readonly(MAIN_DB)
            .map_err(ObjectError::own(&path))?;
        // A process may have been killed after it committed an alarm and before it entered that into the index.
        if may_write && self.alarms.get(object)? != alarm {
            self.alarms.set([(object, alarm)])?;
        }
        let frames = count_frames(&mut connection).map_err(ObjectError::own(&path))?;
        let log = self.folder.join(format!("{object}.sqlite-wal"));
        let journaled = Journaled {
            log: Arc::new(Log::new(object.to_owned(), log)),
            commits,
            frames,
            tail: RefCell::new(Tail::default()),
            alarm: Cell::new(alarm),
        };
        Ok(ObjectState::new(connection, path, trust, journaled))
    }
}

/// How many frames the log has after each commit.
fn count_frames(connection: &mut Connection) -> rusqlite::Result<Arc<AtomicU64>> {
    let count = Arc::new(AtomicU64::new(0));
    let counted = count.clone();
    connection.wal_hook(Some(move |wal: &mut Wal, frames| {
        counted.store(u64::try_from(frames).unwrap_or(0), Ordering::Relaxed);
        if frames >= CHECKPOINT_FRAMES {
            // What stays in the log is moved another time.
            let _ = wal.checkpoint();
        }
        Ok(())
    }))?;
    Ok(count)
}

fn connect(path: &Path) -> Result<(Connection, Trust, Option<i64>), ObjectError> {
    if !path.try_exists().map_err(StoreError::file(path))? {
        create(path)?;
    }
    let trust = Trust::default();
    let open = || -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(Duration::ZERO)?;
        // Before the first access: then the index of the log is in memory, and the lock on the file stays until the end.
        connection.pragma_update(None, "locking_mode", "exclusive")?;
        connection.execute_batch("BEGIN IMMEDIATE; COMMIT")?;
        // Commits are made durable by the journal; SQLite itself does so where it moves the log into the database.
        connection.pragma_update(None, "synchronous", "normal")?;
        connection.pragma_update(None, "journal_size_limit", 8 * 1024 * 1024)?;
        Ok(connection)
    };
    let opened = open().or_else(|error| match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Err(error),
        // Where nobody may write, any number of processes may read.
        _ => connect_to_read(path).ok_or(error),
    });
    let opened = opened.and_then(|connection| prepare(connection, &trust));
    let (connection, version, alarm) = opened.map_err(ObjectError::own(path))?;
    match version {
        VERSION => Ok((connection, trust, alarm)),
        _ => Err(ObjectError::Store(StoreError::TooNew {
            path: path.to_path_buf(),
        })),
    }
}

/// Makes a connection ready for a program. Gives the version of the tables, and the alarm.
fn prepare(
    mut connection: Connection,
    trust: &Trust,
) -> rusqlite::Result<(Connection, i64, Option<i64>)> {
    let version: i64 = connection.query_row("PRAGMA user_version", (), |row| row.get(0))?;
    let alarm = match version {
        VERSION => connection
            .query_row(READ_ALARM, (), |row| row.get(0))
            .optional()?,
        _ => None,
    };
    connection.pragma_update(None, "temp_store", "memory")?;
    limit(&connection)?;
    connection.set_prepared_statement_cache_capacity(PREPARED_MAX);
    connection.authorizer(Some(trust.authorizer()))?;
    Ok((connection, version, alarm))
}

/// Sets what a program's SQL may use.
pub(crate) fn limit(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    for (limit, value) in LIMITS {
        connection.set_limit(limit, value)?;
    }
    connection.set_limit(Limit::SQLITE_LIMIT_TRIGGER_DEPTH, TRIGGER_DEPTH_MAX)?;
    Ok(())
}

/// Makes the database of a new object, durably and whole: nobody sees half of one.
fn create(path: &Path) -> Result<(), ObjectError> {
    let Some(folder) = path.parent() else {
        return Ok(());
    };
    static DRAFTS: AtomicU32 = AtomicU32::new(0);
    let number = DRAFTS.fetch_add(1, Ordering::Relaxed);
    let draft = folder.join(format!(".{}-{number}.new", std::process::id()));
    let empty = empty_database(folder)?;
    let write = || {
        let mut file = File::create(&draft)?;
        file.write_all(&empty)?;
        file.sync_data()?;
        drop(file);
        // Unlike renaming, this leaves a database alone that another process made meanwhile.
        match fs::hard_link(&draft, path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            result => result?,
        }
        File::open(folder)?.sync_all()
    };
    let result = write();
    let removed = fs::remove_file(&draft);
    result.and(removed).map_err(StoreError::file(path))?;
    Ok(())
}

/// The file of a database with our tables and nothing in them.
fn empty_database(folder: &Path) -> Result<Arc<[u8]>, ObjectError> {
    static EMPTY: Mutex<Option<Arc<[u8]>>> = Mutex::new(None);
    let mut empty = EMPTY.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(empty) = empty.as_ref() {
        return Ok(empty.clone());
    }
    let path = folder.join(format!(".{}.empty", std::process::id()));
    let make = || {
        let connection = Connection::open(&path)?;
        connection.pragma_update(None, "synchronous", "off")?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.execute_batch(SCHEMA)?;
        connection.close().map_err(|(_, error)| error)
    };
    let made = make().map_err(ObjectError::own(&path));
    let bytes = fs::read(&path).map_err(StoreError::file(&path));
    let removed = fs::remove_file(&path).map_err(StoreError::file(&path));
    made?;
    removed?;
    Ok(empty.insert(bytes?.into()).clone())
}
