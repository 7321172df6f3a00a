//! Points of measurement, as `writeDataPoint` gives them: a table for each dataset, with the columns of the original's.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, OpenFlags, params_from_iter};

use crate::StoreError;
use crate::folder;
use crate::sqlite::{Database, Durability};

/// How many blobs and how many doubles a point has.
const COLUMNS: usize = 20;

/// The name of the database in its folder.
const FILE: &str = "points.sqlite";

/// A point.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Point {
    /// Letters, digits and underscores, the first no digit.
    pub dataset: String,
    /// Seconds since 1970.
    pub time: u64,
    /// What a query would sample by.
    pub index: Vec<u8>,
    /// At most 20.
    pub blobs: Vec<Vec<u8>>,
    /// At most 20.
    pub doubles: Vec<f64>,
}

/// What a query gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
}

/// A value in an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// Another number.
    Number(f64),
    /// Text; what is none is given in hexadecimal digits.
    Text(String),
}

/// Why a query has no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// There are no points at all.
    #[error("no point has been written yet: there is no `{}`", .0.display())]
    Nothing(PathBuf),
    /// It is no SQL, or asks for what there is not.
    #[error("the query failed: {0}")]
    Query(#[source] rusqlite::Error),
    /// It is no question.
    #[error("only queries that change nothing are answered")]
    Changes,
}

/// The datasets of a data folder.
pub struct Analytics {
    database: Database,
    known: Mutex<HashSet<String>>,
}

impl Analytics {
    /// Opens the datasets in a folder, which is made if there is none.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        folder::create(folder)?;
        Ok(Self {
            database: Database::open(folder.join(FILE), &[], Durability::Process)?,
            known: Mutex::default(),
        })
    }

    /// Adds points.
    pub fn write(&self, points: &[Point]) -> Result<(), StoreError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        self.database.write(|transaction| {
            for point in points {
                if !known.contains(&point.dataset) {
                    transaction.execute_batch(&table(&point.dataset))?;
                }
                let texts = std::iter::once(&point.index)
                    .chain(&point.blobs)
                    .map(|bytes| text(bytes));
                let blobs = texts.chain(std::iter::repeat_with(|| Value::Text(String::new())));
                let doubles = point.doubles.iter().copied().chain(std::iter::repeat(0.0));
                let time = i64::try_from(point.time).unwrap_or(i64::MAX);
                let values = [Value::Text(point.dataset.clone()), Value::Integer(time)]
                    .into_iter()
                    .chain(blobs.take(1 + COLUMNS))
                    .chain(doubles.take(COLUMNS).map(Value::Real));
                let places = vec!["?"; 2 * COLUMNS + 1].join(", ");
                transaction
                    .prepare_cached(&format!(
                        "INSERT INTO \"{}\" VALUES (?, datetime(?, 'unixepoch'), 1, {places})",
                        point.dataset
                    ))?
                    .execute(params_from_iter(values))?;
            }
            Ok(())
        })?;
        known.extend(points.iter().map(|point| point.dataset.clone()));
        Ok(())
    }

    /// Answers a query on the datasets in a folder.
    pub fn query(folder: &Path, sql: &str) -> Result<Answer, QueryError> {
        let file = folder.join(FILE);
        if !file.exists() {
            return Err(QueryError::Nothing(file));
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let connection = Connection::open_with_flags(file, flags).map_err(QueryError::Query)?;
        let mut statement = connection.prepare(sql).map_err(QueryError::Query)?;
        if !statement.readonly() {
            return Err(QueryError::Changes);
        }
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let count = columns.len();
        let rows = statement
            .query_map((), |row| {
                (0..count)
                    .map(|index| row.get_ref(index).map(cell))
                    .collect()
            })
            .and_then(Iterator::collect)
            .map_err(QueryError::Query)?;
        Ok(Answer { columns, rows })
    }
}

/// What is text is kept as such, so that queries can compare it.
fn text(bytes: &[u8]) -> Value {
    match String::from_utf8(bytes.to_owned()) {
        Ok(text) => Value::Text(text),
        Err(error) => Value::Blob(error.into_bytes()),
    }
}

fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Integer(number),
        ValueRef::Real(number) => Cell::Number(number),
        ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => {
            Cell::Text(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
        }
    }
}

fn table(dataset: &str) -> String {
    let mut sql = format!(
        "CREATE TABLE IF NOT EXISTS \"{dataset}\" (dataset TEXT, timestamp TEXT, _sample_interval INTEGER, index1"
    );
    // Writing to a String cannot fail.
    for number in 1..=COLUMNS {
        let _ = write!(sql, ", blob{number}");
    }
    for number in 1..=COLUMNS {
        let _ = write!(sql, ", double{number} REAL");
    }
    sql.push(')');
    sql
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn point(blob: &str, double: f64) -> Point {
        Point {
            dataset: "clicks".to_owned(),
            time: 1_780_272_000,
            index: b"i".to_vec(),
            blobs: vec![blob.as_bytes().to_vec()],
            doubles: vec![double],
        }
    }

    #[test]
    fn points_can_be_asked_for() {
        let folder = tempfile::TempDir::new().unwrap();
        assert!(matches!(
            Analytics::query(folder.path(), "SELECT 1"),
            Err(QueryError::Nothing(_))
        ));
        let analytics = Analytics::open(folder.path()).unwrap();
        analytics
            .write(&[point("a", 1.0), point("b", 2.5)])
            .unwrap();
        analytics.write(&[point("a", 3.0)]).unwrap();
        let answer = Analytics::query(
            folder.path(),
            "SELECT blob1, sum(double1 * _sample_interval) AS total FROM clicks GROUP BY blob1 ORDER BY total DESC",
        )
        .unwrap();
        assert_eq!(answer.columns, ["blob1", "total"]);
        let row = |name: &str, total| vec![Cell::Text(name.to_owned()), Cell::Number(total)];
        assert_eq!(answer.rows, [row("a", 4.0), row("b", 2.5)]);
        let sql = "SELECT timestamp, index1, blob20, double20, dataset FROM clicks LIMIT 1";
        let answer = Analytics::query(folder.path(), sql).unwrap();
        let text = |text: &str| Cell::Text(text.to_owned());
        let expected = [
            text("2026-06-01 00:00:00"),
            text("i"),
            text(""),
            Cell::Number(0.0),
            text("clicks"),
        ];
        assert_eq!(answer.rows[0], expected);
    }

    #[test]
    fn queries_change_nothing() {
        let folder = tempfile::TempDir::new().unwrap();
        Analytics::open(folder.path())
            .unwrap()
            .write(&[point("a", 1.0)])
            .unwrap();
        for sql in [
            "DELETE FROM clicks",
            "DROP TABLE clicks",
            "CREATE TABLE x (y)",
        ] {
            assert!(Analytics::query(folder.path(), sql).is_err(), "{sql}");
        }
        let error = Analytics::query(folder.path(), "SELECT nothing FROM clicks").unwrap_err();
        assert!(error.to_string().contains("nothing"), "{error}");
        assert_eq!(
            Analytics::query(folder.path(), "SELECT * FROM clicks")
                .unwrap()
                .rows
                .len(),
            1
        );
    }
}
