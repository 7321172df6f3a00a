//! SQL of programs: what it gives, what it may not do.

use crate::support::Place;
use quire_store::objects::{ObjectState, SqlRows, SqlValue};

fn run(state: &ObjectState, sql: &str) -> SqlRows {
    match state.execute(sql, &[]) {
        Ok(rows) => rows,
        Err(error) => panic!("{sql}: {error}"),
    }
}

fn error(state: &ObjectState, sql: &str) -> String {
    let error = state.execute(sql, &[]).unwrap_err();
    assert!(!error.is_fatal(), "{sql}: {error}");
    error.to_string()
}

#[test]
fn values_and_columns() {
    let place = Place::new();
    let state = place.state("a");
    let values = [
        SqlValue::Null,
        SqlValue::Real(1.0),
        SqlValue::Text("é".into()),
        SqlValue::Blob(vec![1, 2]),
    ];
    let found = state
        .execute("SELECT ? AS a, ? AS b, ? AS b, ?4, typeof(?2)", &values)
        .unwrap();
    assert_eq!(found.columns, ["a", "b", "b", "?4", "typeof(?2)"]);
    assert_eq!(found.rows[0][..4], values);
    assert_eq!(found.rows[0][4], SqlValue::Text("real".into()));
    run(&state, "CREATE TABLE t (a INTEGER PRIMARY KEY, b)");
    let inserted = run(
        &state,
        "INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, 'z') RETURNING a",
    );
    assert_eq!((inserted.rows.len(), inserted.written), (3, 3));
    let scanned = run(&state, "SELECT * FROM t WHERE b = 'y'");
    assert_eq!((scanned.rows.len(), scanned.read), (1, 3));
    assert!(state.is_dirty());
    state.commit().unwrap();
    run(&state, "SELECT * FROM t");
    assert!(!state.is_dirty(), "reading begins no transaction");
}

#[test]
fn several_statements() {
    let place = Place::new();
    let state = place.state("a");
    let sql = "CREATE TABLE t (a); INSERT INTO t VALUES (1);; SELECT a FROM t WHERE a = ?";
    assert_eq!(
        state
            .execute(sql, &[SqlValue::Integer(1)])
            .unwrap_err()
            .to_string(),
        "SQL code did not contain a statement."
    );
    let sql = "INSERT INTO t VALUES (1); SELECT a FROM t WHERE a = ?";
    assert_eq!(
        state
            .execute(sql, &[SqlValue::Integer(1)])
            .unwrap()
            .rows
            .len(),
        2
    );
    for (sql, text) in [
        (
            "SELECT ?; SELECT 1",
            "When executing multiple SQL statements in a single call, only the last statement can have parameters.",
        ),
        (
            "SELECT ?",
            "Wrong number of parameter bindings for SQL query.",
        ),
        ("", "SQL code did not contain a statement."),
        (";", "SQL code did not contain a statement."),
        ("SELECT 1; -- end", "SQL code did not contain a statement."),
    ] {
        assert_eq!(error(&state, sql), text, "{sql}");
    }
    assert_eq!(run(&state, "/* a */ SELECT 1 -- b").rows.len(), 1);
}

#[test]
fn errors_have_the_texts_of_the_original() {
    let place = Place::new();
    let state = place.state("a");
    run(
        &state,
        "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT UNIQUE NOT NULL, CHECK (a < 100))",
    );
    run(&state, "INSERT INTO t VALUES (1, 'x')");
    state.put("k", b"v").unwrap();
    for (sql, text) in [
        (
            "SELEC 1",
            "near \"SELEC\": syntax error at offset 0: SQLITE_ERROR",
        ),
        (
            "SELECT * FROM missing",
            "no such table: missing: SQLITE_ERROR",
        ),
        (
            "SELECT nope FROM t",
            "no such column: nope at offset 7: SQLITE_ERROR",
        ),
        (
            "INSERT INTO t VALUES (1, 'y')",
            "UNIQUE constraint failed: t.a: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_PRIMARYKEY)",
        ),
        (
            "INSERT INTO t VALUES (2, 'x')",
            "UNIQUE constraint failed: t.b: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_UNIQUE)",
        ),
        (
            "INSERT INTO t VALUES (2, NULL)",
            "NOT NULL constraint failed: t.b: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_NOTNULL)",
        ),
        (
            "INSERT INTO t VALUES (200, 'z')",
            "CHECK constraint failed: a < 100: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_CHECK)",
        ),
        (
            "SELECT sqlite_version()",
            "not authorized to use function: sqlite_version at offset 7: SQLITE_ERROR",
        ),
        ("ATTACH 'x' AS x", "not authorized: SQLITE_AUTH"),
        ("CREATE TEMP TABLE x (a)", "not authorized: SQLITE_AUTH"),
        ("CREATE TABLE _cf_mine (a)", "not authorized: SQLITE_AUTH"),
        ("CREATE TABLE _CF_mine (a)", "not authorized: SQLITE_AUTH"),
        (
            "SELECT key FROM _cf_KV",
            "access to _cf_KV.key is prohibited: SQLITE_AUTH",
        ),
        (
            "SELECT value FROM _cf_KV WHERE key = ?1",
            "access to _cf_KV.value is prohibited: SQLITE_AUTH",
        ),
        ("DELETE FROM _cf_KV", "not authorized: SQLITE_AUTH"),
        ("DROP TABLE _cf_KV", "not authorized: SQLITE_AUTH"),
        (
            "ALTER TABLE t RENAME TO _cf_t",
            "not authorized: SQLITE_AUTH",
        ),
        (
            "CREATE TRIGGER x AFTER INSERT ON _cf_KV BEGIN SELECT 1; END",
            "not authorized: SQLITE_AUTH",
        ),
        ("PRAGMA journal_mode", "not authorized: SQLITE_AUTH"),
        ("PRAGMA user_version = 5", "not authorized: SQLITE_AUTH"),
        ("PRAGMA page_size = 512", "not authorized: SQLITE_AUTH"),
        ("PRAGMA foreign_keys = maybe", "not authorized: SQLITE_AUTH"),
        ("PRAGMA table_info(_cf_KV)", "not authorized: SQLITE_AUTH"),
        (
            "VACUUM",
            "cannot VACUUM from within a transaction: SQLITE_ERROR",
        ),
        (
            "SELECT 'aaaa' LIKE printf('%060d', 1)",
            "LIKE or GLOB pattern too complex: SQLITE_ERROR",
        ),
        (
            "SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6",
            "too many terms in compound SELECT: SQLITE_ERROR",
        ),
        (
            "CREATE VIRTUAL TABLE x USING fts4 (a)",
            "not authorized: SQLITE_AUTH",
        ),
        ("SELECT load_extension('x')", "not authorized: SQLITE_ERROR"),
    ] {
        let got = state.execute(sql, &[]).unwrap_err().to_string();
        assert_eq!(got, text, "{sql}");
    }
    for sql in [
        "BEGIN",
        " /* x */ commit",
        "Rollback",
        "SAVEPOINT a",
        "RELEASE a",
        "END",
    ] {
        assert!(
            error(&state, sql).starts_with("To execute a transaction, please use"),
            "{sql}"
        );
    }
    let many = vec!["?"; 101].join(",");
    assert!(error(&state, &format!("SELECT {many}")).starts_with("too many"));
    assert_eq!(state.get("k").unwrap().unwrap(), b"v");
}

#[test]
fn what_is_allowed() {
    let place = Place::new();
    let state = place.state("a");
    for sql in [
        "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT) STRICT",
        "CREATE INDEX i ON t (b)",
        "CREATE VIEW v AS SELECT a FROM t",
        "CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET b = upper(NEW.b) WHERE a = NEW.a; END",
        "INSERT INTO t (b) VALUES (\"literal\") RETURNING *",
        "ALTER TABLE t ADD COLUMN c INTEGER",
        "ALTER TABLE t RENAME COLUMN c TO d",
        "ALTER TABLE t RENAME TO t2",
        "ALTER TABLE t2 DROP COLUMN d",
        "ANALYZE",
        "REINDEX",
        "EXPLAIN SELECT * FROM t2",
        "EXPLAIN QUERY PLAN SELECT * FROM t2",
        "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 5) SELECT sum(x) FROM c",
        "SELECT value FROM json_each('[1,2]')",
        "CREATE VIRTUAL TABLE words USING fts5 (text)",
        "INSERT INTO words VALUES ('one two')",
        "SELECT highlight(words, 0, '<', '>') FROM words WHERE words MATCH 'two'",
        "CREATE VIRTUAL TABLE boxes USING rtree (id, a, b)",
        "INSERT INTO boxes VALUES (1, 2, 3)",
        "SELECT row_number() OVER (ORDER BY a) FROM t2",
        "SELECT randomblob(4), zeroblob(4), changes(), last_insert_rowid(), total_changes(), date('now')",
        "PRAGMA table_list",
        "PRAGMA table_info(t2)",
        "PRAGMA table_info = t2",
        "PRAGMA index_list('t2')",
        "PRAGMA foreign_key_check",
        "PRAGMA quick_check",
        "PRAGMA quick_check(1)",
        "PRAGMA optimize",
        "PRAGMA data_version",
        "PRAGMA defer_foreign_keys = on",
        "PRAGMA foreign_keys",
        "PRAGMA case_sensitive_like = 1",
        "DROP TRIGGER g; DROP VIEW v; DROP TABLE words; DROP TABLE t2",
    ] {
        run(&state, sql);
    }
    state.commit().unwrap();
}

#[test]
fn a_violated_foreign_key_fails_the_commit_and_all_of_it() {
    let place = Place::new();
    let state = place.state("a");
    run(
        &state,
        "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p DEFERRABLE INITIALLY DEFERRED)",
    );
    state.commit().unwrap();
    state.put("k", b"v").unwrap();
    run(&state, "INSERT INTO c VALUES (1)");
    assert!(state.commit().unwrap_err().is_fatal());
    assert!(
        state.get("k").unwrap_err().is_fatal(),
        "the object must be started anew"
    );
    drop(state);
    let state = place.state("a");
    assert_eq!(state.get("k").unwrap(), None);
    assert_eq!(run(&state, "SELECT * FROM c").rows.len(), 0);
}

#[test]
fn results_without_end_are_cut_off() {
    let place = Place::new();
    let state = place.state("a");
    let endless = "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x, zeroblob(100000) FROM c";
    let found = run(&state, endless);
    assert!(
        found.truncated && found.rows.len() > 100,
        "{} rows",
        found.rows.len()
    );
    let found = run(&state, &format!("{endless} LIMIT 3"));
    assert_eq!((found.rows.len(), found.truncated), (3, false));
}
