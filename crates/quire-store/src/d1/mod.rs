//! SQL databases that programs name: a SQLite database each, which all workers read, and write in turn.

mod connection;
mod database;
mod writer;

pub use crate::objects::{ObjectError as D1Error, SqlRows, SqlValue};
pub use database::D1Database;

use std::time::Duration;

/// A text of SQL with the values of its parameters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct D1Query {
    /// One statement or several
    pub sql: String,
    /// The values for the last statement
    pub values: Vec<SqlValue>,
}

/// What a query gave.
#[derive(Clone, Debug, PartialEq)]
pub struct D1Answer {
    /// The rows of its last statement
    pub rows: SqlRows,
    /// How many rows were changed
    pub changes: u64,
    /// The row that was last inserted by this process
    pub last_row_id: i64,
    /// Whether the database is another one now
    pub changed: bool,
    /// How many bytes the database takes; 0 if that was not asked for
    pub size: u64,
    /// How long it took
    pub duration: Duration,
}

/// What queries that belong together gave: all, or the error of the first that failed.
pub type D1Outcome = Result<Vec<D1Answer>, D1Error>;

/// The statements of a text, each with the semicolon that ends it; none that consists of comments alone.
pub fn statements(sql: &str) -> Vec<&str> {
    let mut statements = crate::objects::sandbox::split(sql);
    statements.retain(|statement| !crate::objects::sandbox::is_empty(statement));
    statements
}

/// Called, on any thread, when queries are done: durable, or without any effect.
pub type Done = Box<dyn FnOnce(D1Outcome) + Send>;
