//! A connection on which the program's SQL runs.

use super::{D1Answer, D1Error, D1Query, SqlRows, SqlValue};
use crate::objects::sandbox::{
    Trust, USE_TRANSACTIONS, controls_transactions, first_word, is_empty, limit, split,
};
use crate::{StoreError, sqlite};
use rusqlite::{Connection, ErrorCode, StatementStatus};
use std::cell::RefCell;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What the rows of one query may take.
const RESULT_BYTES_MAX: usize = 128 * 1024 * 1024;

/// What a value costs besides its own bytes.
const VALUE_BYTES: usize = size_of::<SqlValue>();

/// Statements that a connection keeps prepared.
const PREPARED_MAX: usize = 64;

/// Texts that are known to be one statement that reads; all are forgotten when there are more.
const KNOWN_READS_MAX: usize = 1000;

/// Steps of SQLite's machine between looks at the clock.
const STEPS_PER_LOOK: i32 = 2000;

/// A connection, and until when it may work.
pub(super) struct Worker {
    pub(super) connection: Connection,
    path: PathBuf,
    trust: Trust,
    /// Microseconds after `began`; 0 for no limit.
    deadline: Arc<AtomicU64>,
    began: Instant,
    page_size: u64,
    known_reads: RefCell<HashSet<String>>,
}

impl Worker {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let trust = Trust::default();
        let (began, deadline) = (Instant::now(), Arc::new(AtomicU64::new(0)));
        let mut connection = sqlite::connect(path, sqlite::Durability::PowerCut)?;
        let watched = deadline.clone();
        let prepare = || -> rusqlite::Result<u64> {
            connection.pragma_update(None, "foreign_keys", true)?;
            connection.pragma_update(None, "temp_store", "memory")?;
            let page_size = connection.query_row("PRAGMA page_size", (), |row| row.get(0))?;
            limit(&connection)?;
            connection.set_prepared_statement_cache_capacity(PREPARED_MAX);
            connection.progress_handler(
                STEPS_PER_LOOK,
                Some(move || {
                    let deadline = watched.load(Ordering::Relaxed);
                    deadline > 0 && began.elapsed().as_micros() as u64 > deadline
                }),
            )?;
            connection.authorizer(Some(trust.authorizer()))?;
            Ok(page_size)
        };
        let page_size = prepare().map_err(StoreError::database(path))?;
        Ok(Self {
            connection,
            path: path.to_path_buf(),
            trust,
            deadline,
            began,
            page_size,
            known_reads: RefCell::default(),
        })
    }

    /// Sets how long it may work from now on.
    pub(super) fn allow(&self, time: Option<Duration>) {
        let deadline = time.map_or(0, |time| (self.began.elapsed() + time).as_micros() as u64);
        self.deadline.store(deadline, Ordering::Relaxed);
    }

    /// Whether queries only read, a statement each, and say nothing of what was written before.
    pub(super) fn only_reads(&self, queries: &[D1Query]) -> bool {
        queries.iter().all(|query| {
            let sql = query.sql.trim();
            if self.known_reads.borrow().contains(sql) {
                return true;
            }
            // What does not read now may do so when the schema is another one.
            let reads = self.reads(sql);
            if reads {
                let mut known = self.known_reads.borrow_mut();
                if known.len() == KNOWN_READS_MAX {
                    known.clear();
                }
                known.insert(sql.to_owned());
            }
            reads
        })
    }

    fn reads(&self, sql: &str) -> bool {
        let lower = sql.to_ascii_lowercase();
        let asks_for_writes = lower.contains("last_insert_rowid") || lower.contains("changes");
        let word = first_word(sql);
        let reads = word.eq_ignore_ascii_case("SELECT")
            || word.eq_ignore_ascii_case("WITH")
            || word.eq_ignore_ascii_case("VALUES");
        reads
            && !asks_for_writes
            && split(sql).len() == 1
            && self
                .connection
                .prepare_cached(sql)
                .is_ok_and(|statement| statement.readonly())
    }

    /// Runs a statement of our own.
    pub(super) fn own(&self, sql: &str) -> Result<(), D1Error> {
        self.trust.set(true);
        let result = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.raw_execute());
        self.trust.set(false);
        result.map(drop).map_err(D1Error::of_program(&self.path))
    }

    /// How many bytes the database takes, free pages aside.
    fn size(&self) -> Result<u64, D1Error> {
        let pages = self.pragma("PRAGMA page_count")?;
        let free = self.pragma("PRAGMA freelist_count")?;
        Ok(pages.saturating_sub(free) * self.page_size)
    }

    fn pragma(&self, sql: &str) -> Result<u64, D1Error> {
        self.trust.set(true);
        let value = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_row((), |row| row.get::<_, u64>(0)));
        self.trust.set(false);
        value.map_err(D1Error::of_program(&self.path))
    }

    /// Runs a query of which [`only_reads`](Self::only_reads) holds. The size is looked at only if it is asked for.
    pub(super) fn read(&self, query: &D1Query, sized: bool) -> Result<D1Answer, D1Error> {
        let began = Instant::now();
        let rows = self.run(query.sql.trim(), Some(&query.values))?;
        Ok(D1Answer {
            rows,
            changes: 0,
            last_row_id: 0,
            changed: false,
            duration: began.elapsed(),
            size: if sized { self.size()? } else { 0 },
        })
    }

    /// Runs a query.
    pub(super) fn answer(&self, query: &D1Query) -> Result<D1Answer, D1Error> {
        let changes = self.connection.total_changes();
        let (row_id, size) = (self.connection.last_insert_rowid(), self.size()?);
        let began = Instant::now();
        let rows = self.rows_of(query)?;
        let duration = began.elapsed();
        let changes = self.connection.total_changes() - changes;
        let last_row_id = self.connection.last_insert_rowid();
        let size_after = self.size()?;
        Ok(D1Answer {
            rows,
            changes,
            last_row_id,
            changed: changes > 0 || last_row_id != row_id || size_after != size,
            size: size_after,
            duration,
        })
    }

    fn rows_of(&self, query: &D1Query) -> Result<SqlRows, D1Error> {
        let statements = split(&query.sql);
        let Some((last, others)) = statements.split_last() else {
            return Err(nothing());
        };
        let mut written = 0;
        for statement in others {
            written += self.rows(statement, None)?.written;
        }
        let mut rows = self.rows(last, Some(&query.values))?;
        rows.written += written;
        Ok(rows)
    }

    /// Runs one statement; `None` for one that must not have parameters.
    fn rows(&self, sql: &str, values: Option<&[SqlValue]>) -> Result<SqlRows, D1Error> {
        let sql = sql.trim();
        if is_empty(sql) {
            return Err(nothing());
        }
        if controls_transactions(sql) {
            return Err(D1Error::Sql(USE_TRANSACTIONS.to_owned()));
        }
        self.run(sql, values)
    }

    fn run(&self, sql: &str, values: Option<&[SqlValue]>) -> Result<SqlRows, D1Error> {
        let mut statement = self
            .connection
            .prepare_cached(sql)
            .map_err(D1Error::of_program(&self.path))?;
        let wrong = match values {
            Some(values) => (statement.parameter_count() != values.len())
                .then_some("Wrong number of parameter bindings for SQL query."),
            None => (statement.parameter_count() > 0).then_some(
                "When executing multiple SQL statements in a single call, only the last statement can have parameters.",
            ),
        };
        if let Some(wrong) = wrong {
            return Err(D1Error::Sql(wrong.to_owned()));
        }
        let changes = self.connection.total_changes();
        let mut result = SqlRows {
            columns: statement.column_names().map(str::to_owned).collect(),
            ..SqlRows::default()
        };
        let columns = result.columns.len();
        let mut bytes = 0;
        let mut run = || -> rusqlite::Result<bool> {
            let values = values.unwrap_or_default();
            let mut rows = statement.query(rusqlite::params_from_iter(values))?;
            while let Some(row) = rows.next()? {
                let values = (0..columns)
                    .map(|column| row.get_ref(column).map(SqlValue::from))
                    .collect::<rusqlite::Result<Vec<_>>>()?;
                bytes += values.iter().map(size).sum::<usize>();
                if bytes > RESULT_BYTES_MAX {
                    return Ok(false);
                }
                result.rows.push(values);
            }
            Ok(true)
        };
        let complete = run().map_err(|error| {
            // A statement of the cache that does not fit the schema any more is prepared anew where it is run, and its error
            // then lacks the place.
            let error = match error.sqlite_error_code() {
                Some(ErrorCode::Unknown) => self.connection.prepare(sql).err().unwrap_or(error),
                _ => error,
            };
            D1Error::of_program(&self.path)(error)
        })?;
        if !complete {
            return Err(D1Error::Sql(format!(
                "the rows of the query take more than {} MB; ask for fewer with LIMIT",
                RESULT_BYTES_MAX / 1024 / 1024
            )));
        }
        let steps = statement.reset_status(StatementStatus::FullscanStep);
        let scanned = u64::try_from(steps).map_or(0, |steps| if steps > 0 { steps + 1 } else { 0 });
        result.read = scanned.max(result.rows.len() as u64);
        result.written = self.connection.total_changes() - changes;
        Ok(result)
    }
}

fn nothing() -> D1Error {
    D1Error::Sql("SQL code did not contain a statement.".to_owned())
}

fn size(value: &SqlValue) -> usize {
    VALUE_BYTES
        + match value {
            SqlValue::Text(text) => text.len(),
            SqlValue::Blob(bytes) => bytes.len(),
            _ => 0,
        }
}
