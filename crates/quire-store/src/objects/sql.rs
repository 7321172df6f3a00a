//! SQL of the program.

use super::error::ObjectError;
use super::state::ObjectState;
use super::statements::{first_word, is_empty, split};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Statement, StatementStatus, ToSql};
use std::ops::{Deref, DerefMut};

/// What the rows of one statement may take.
const RESULT_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What a row and a value cost besides the values' own bytes.
const ROW_BYTES: usize = 64;
const VALUE_BYTES: usize = size_of::<SqlValue>();

/// What programs get to read that try to control transactions by themselves.
pub(crate) const USE_TRANSACTIONS: &str = "To execute a transaction, please use the state.storage.transaction() or state.storage.transactionSync() \
    APIs instead of the SQL BEGIN TRANSACTION or SAVEPOINT statements. The JavaScript API is safer because it will automatically \
    roll back on exceptions, and because it interacts correctly with Durable Objects' automatic atomic write coalescing.";

/// A value of SQL.
#[derive(Clone, Debug, PartialEq)]
pub enum SqlValue {
    /// `NULL`
    Null,
    /// `INTEGER`
    Integer(i64),
    /// `REAL`
    Real(f64),
    /// `TEXT`
    Text(String),
    /// `BLOB`
    Blob(Vec<u8>),
}

impl ToSql for SqlValue {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(value) => ValueRef::Integer(*value),
            Self::Real(value) => ValueRef::Real(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Blob(value) => ValueRef::Blob(value),
        }))
    }
}

impl From<ValueRef<'_>> for SqlValue {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(value) => Self::Integer(value),
            ValueRef::Real(value) => Self::Real(value),
            ValueRef::Text(bytes) => Self::Text(String::from_utf8_lossy(bytes).into_owned()),
            ValueRef::Blob(bytes) => Self::Blob(bytes.to_vec()),
        }
    }
}

/// What a statement gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SqlRows {
    /// The names of the columns
    pub columns: Vec<String>,
    /// The rows, each with a value for each column
    pub rows: Vec<Vec<SqlValue>>,
    /// Whether there are more rows, which would have taken too much memory
    pub truncated: bool,
    /// How many rows were looked at
    pub read: u64,
    /// How many rows were written
    pub written: u64,
}

/// A statement, which goes back to the cache if it came from there.
enum Prepared<'a> {
    Cached(CachedStatement<'a>),
    Once(Statement<'a>),
}

impl<'a> Deref for Prepared<'a> {
    type Target = Statement<'a>;

    fn deref(&self) -> &Statement<'a> {
        match self {
            Self::Cached(statement) => statement,
            Self::Once(statement) => statement,
        }
    }
}

impl<'a> DerefMut for Prepared<'a> {
    fn deref_mut(&mut self) -> &mut Statement<'a> {
        match self {
            Self::Cached(statement) => statement,
            Self::Once(statement) => statement,
        }
    }
}

impl ObjectState {
    /// Runs a text of SQL. All of its statements but the last are only run; the last one has the parameters and gives the rows.
    pub fn execute(&self, sql: &str, values: &[SqlValue]) -> Result<SqlRows, ObjectError> {
        let statements = split(sql);
        let Some((last, others)) = statements.split_last() else {
            return Err(nothing());
        };
        for statement in others {
            let prepared = self.prepare(statement)?;
            if prepared.parameter_count() > 0 {
                let text = "When executing multiple SQL statements in a single call, only the last statement can have parameters.";
                return Err(ObjectError::Sql(text.to_owned()));
            }
            self.rows(prepared, &[])?;
        }
        let prepared = self.prepare(last)?;
        if prepared.parameter_count() != values.len() {
            let text = "Wrong number of parameter bindings for SQL query.";
            return Err(ObjectError::Sql(text.to_owned()));
        }
        self.rows(prepared, values)
    }

    fn prepare(&self, sql: &str) -> Result<Prepared<'_>, ObjectError> {
        self.check()?;
        let sql = sql.trim();
        if is_empty(sql) {
            return Err(nothing());
        }
        if controls_transactions(sql) {
            return Err(ObjectError::Sql(USE_TRANSACTIONS.to_owned()));
        }
        let names_ours = sql.to_ascii_lowercase().contains("_cf_");
        // SQLite does not tell the authorizer what a table is renamed to.
        if names_ours && first_word(sql).eq_ignore_ascii_case("ALTER") {
            return Err(ObjectError::Sql("not authorized: SQLITE_AUTH".to_owned()));
        }
        // Statements of our own are in the same cache. They name our tables, which the authorizer must refuse.
        let prepared = match names_ours {
            true => self.connection.prepare(sql).map(Prepared::Once),
            false => self.connection.prepare_cached(sql).map(Prepared::Cached),
        };
        prepared.map_err(|error| self.note(ObjectError::of_program(&self.path)(error)))
    }

    fn rows(
        &self,
        mut statement: Prepared<'_>,
        values: &[SqlValue],
    ) -> Result<SqlRows, ObjectError> {
        if !statement.readonly() {
            self.begin()?;
        }
        let written = self.connection.total_changes();
        let mut result = SqlRows {
            columns: statement.column_names().map(str::to_owned).collect(),
            ..SqlRows::default()
        };
        // Whether something was left out.
        let mut run = || -> rusqlite::Result<bool> {
            let columns = result.columns.len();
            let mut bytes = 0;
            let mut rows = statement.query(rusqlite::params_from_iter(values))?;
            while let Some(row) = rows.next()? {
                let values = (0..columns)
                    .map(|column| row.get_ref(column).map(SqlValue::from))
                    .collect::<rusqlite::Result<Vec<_>>>()?;
                bytes += ROW_BYTES + values.iter().map(size).sum::<usize>();
                if bytes > RESULT_BYTES_MAX {
                    return Ok(true);
                }
                result.rows.push(values);
            }
            Ok(false)
        };
        result.truncated =
            run().map_err(|error| self.note(ObjectError::of_program(&self.path)(error)))?;
        let steps =
            u64::try_from(statement.reset_status(StatementStatus::FullscanStep)).unwrap_or(0);
        let scanned = if steps > 0 { steps + 1 } else { 0 };
        result.read = scanned.max(result.rows.len() as u64);
        result.written = self.connection.total_changes() - written;
        Ok(result)
    }
}

fn nothing() -> ObjectError {
    ObjectError::Sql("SQL code did not contain a statement.".to_owned())
}

fn size(value: &SqlValue) -> usize {
    VALUE_BYTES
        + match value {
            SqlValue::Text(text) => text.len(),
            SqlValue::Blob(bytes) => bytes.len(),
            _ => 0,
        }
}

pub(crate) fn controls_transactions(statement: &str) -> bool {
    let word = first_word(statement);
    ["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"]
        .iter()
        .any(|keyword| word.eq_ignore_ascii_case(keyword))
}
