//! SQL databases: what runs at once, what together, and what fails alone.
#![allow(clippy::unwrap_used)]

use quire_store::d1::{D1Database, D1Outcome, D1Query, SqlValue, statements};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

fn query(sql: &str) -> D1Query {
    D1Query {
        sql: sql.to_owned(),
        values: Vec::new(),
    }
}

fn begin(database: &D1Database, texts: &[&str]) -> Receiver<D1Outcome> {
    let (sender, outcome) = channel();
    let queries = texts.iter().map(|sql| query(sql)).collect();
    database.write(
        queries,
        Box::new(move |result| sender.send(result).unwrap()),
    );
    outcome
}

fn write(database: &D1Database, texts: &[&str]) -> D1Outcome {
    begin(database, texts).recv().unwrap()
}

fn number(database: &D1Database, sql: &str) -> i64 {
    let answers = database.read_at_once(&[query(sql)], true).unwrap().unwrap();
    match answers[0].rows.rows[0][0] {
        SqlValue::Integer(number) => number,
        ref other => panic!("{other:?}"),
    }
}

fn open(folder: &tempfile::TempDir) -> Arc<D1Database> {
    let database = D1Database::open(folder.path(), "a/b").unwrap();
    write(
        &database,
        &["CREATE TABLE t (a INTEGER PRIMARY KEY, b UNIQUE)"],
    )
    .unwrap();
    database
}

#[test]
fn only_what_reads_and_is_quick_runs_at_once() {
    let folder = tempfile::TempDir::new().unwrap();
    let database = open(&folder);
    assert!(folder.path().join("a%2fb/database.sqlite").exists());
    for sql in [
        "INSERT INTO t VALUES (1, 2)",
        "SELECT 1; SELECT 2",
        "PRAGMA foreign_keys",
        "SELECT last_insert_rowid()",
        "SELECT * FROM missing",
        "nonsense",
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n LIMIT 1",
    ] {
        assert!(
            database.read_at_once(&[query(sql)], true).is_none(),
            "{sql}"
        );
    }
    let long = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000) SELECT max(i) FROM n";
    assert!(database.read_at_once(&[query(long)], true).is_none());
    let answers = database.read(&[query(long)], true).unwrap().unwrap();
    assert_eq!(answers[0].rows.rows, [[SqlValue::Integer(2_000_000)]]);
    assert_eq!(number(&database, "SELECT count(*) FROM t"), 0);
}

#[test]
fn what_is_known_to_read_may_lose_its_table_and_get_another_one() {
    let folder = tempfile::TempDir::new().unwrap();
    let database = open(&folder);
    let sql = "SELECT count(*) FROM t";
    assert_eq!(number(&database, sql), 0);
    write(&database, &["DROP TABLE t"]).unwrap();
    let failed = database.read_at_once(&[query(sql)], false).unwrap();
    let text = failed.unwrap_err().to_string();
    assert_eq!(text, "no such table: t: SQLITE_ERROR");
    let as_new = write(&database, &[sql]).unwrap_err().to_string();
    assert_eq!(text, as_new, "as where it is not known");
    write(
        &database,
        &["CREATE TABLE t (a)", "INSERT INTO t VALUES (1)"],
    )
    .unwrap();
    assert_eq!(number(&database, sql), 1);
}

#[test]
fn parts_that_are_written_together_fail_alone() {
    let folder = tempfile::TempDir::new().unwrap();
    let database = open(&folder);
    let outcomes: Vec<_> = (0..300)
        .map(|index| {
            let insert = format!("INSERT INTO t (b) VALUES ({})", index % 200);
            (
                index,
                begin(&database, &["INSERT INTO t (b) VALUES (NULL)", &insert]),
            )
        })
        .collect();
    for (index, outcome) in outcomes {
        assert_eq!(outcome.recv().unwrap().is_ok(), index < 200, "{index}");
    }
    assert_eq!(
        number(&database, "SELECT count(*) FROM t"),
        400,
        "all of a part or nothing"
    );
    let answers = write(
        &database,
        &["DELETE FROM t WHERE a > 10", "SELECT count(*) FROM t"],
    )
    .unwrap();
    assert_eq!((answers[0].changes, answers[0].changed), (390, true));
    assert_eq!(answers[1].rows.rows, [[SqlValue::Integer(10)]]);
    assert!(!answers[1].changed);
}

#[test]
fn a_violated_key_undoes_only_its_own_part() {
    let folder = tempfile::TempDir::new().unwrap();
    let database = open(&folder);
    write(&database, &["CREATE TABLE c (a REFERENCES t (a))"]).unwrap();
    let bad = [
        "PRAGMA defer_foreign_keys = on",
        "INSERT INTO c VALUES (77)",
    ];
    let outcomes: Vec<_> = (0..20)
        .map(|index| match index % 4 {
            0 => begin(&database, &bad),
            _ => begin(&database, &["INSERT INTO t (b) VALUES (NULL)"]),
        })
        .collect();
    for (index, outcome) in outcomes.into_iter().enumerate() {
        let outcome = outcome.recv().unwrap();
        match index % 4 {
            0 => assert!(
                outcome
                    .unwrap_err()
                    .to_string()
                    .contains("FOREIGN KEY constraint failed")
            ),
            _ => assert!(outcome.is_ok()),
        }
    }
    assert_eq!(number(&database, "SELECT count(*) FROM t"), 15);
    assert_eq!(number(&database, "SELECT count(*) FROM c"), 0);
}

#[test]
fn programs_control_no_transactions_and_no_files() {
    let folder = tempfile::TempDir::new().unwrap();
    let database = open(&folder);
    for sql in [
        "BEGIN",
        "COMMIT",
        "/* a */ SAVEPOINT _cf_part",
        "ROLLBACK TO _cf_part",
        "RELEASE _cf_part",
        "ATTACH 'other' AS other",
        "VACUUM INTO 'other'",
        "PRAGMA journal_mode = delete",
        "PRAGMA writable_schema = on",
        "SELECT load_extension('x')",
        "CREATE TEMP TABLE x (a)",
    ] {
        assert!(write(&database, &[sql]).is_err(), "{sql}");
    }
    write(&database, &["INSERT INTO t VALUES (1, 'still works')"]).unwrap();
    assert_eq!(number(&database, "SELECT count(*) FROM t"), 1);
}

#[test]
fn functions_in_capitals() {
    let folder = tempfile::TempDir::new().unwrap();
    let database = open(&folder);
    let text = "CREATE TABLE u (a DEFAULT CURRENT_TIMESTAMP, b DEFAULT (UPPER('x')))";
    write(
        &database,
        &[text, "INSERT INTO u (a) VALUES (Date(0, 'unixepoch'))"],
    )
    .unwrap();
    write(&database, &["INSERT INTO u DEFAULT VALUES"]).unwrap();
    assert_eq!(number(&database, "SELECT COUNT(*) FROM u WHERE b = 'X'"), 2);
}

#[test]
fn statements_of_a_text() {
    let text = "-- a; b\nSELECT ';' ; CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; SELECT 2; END; -- end";
    assert_eq!(statements(text).len(), 2);
}

#[test]
fn errors_have_their_place_and_changes_are_noticed() {
    let folder = tempfile::TempDir::new().unwrap();
    let database = open(&folder);
    for _ in 0..2 {
        let created = write(&database, &["CREATE TABLE u (a)"]).unwrap();
        assert_eq!((created[0].changes, created[0].changed), (0, true));
        let error = write(&database, &["CREATE TABLE u (a)"]).unwrap_err();
        let expected = "table u already exists at offset 13: SQLITE_ERROR";
        assert_eq!(error.to_string(), expected);
        write(&database, &["DROP TABLE u"]).unwrap();
    }
}
