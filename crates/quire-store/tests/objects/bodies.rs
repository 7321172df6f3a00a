//! What property tests and fuzz targets run on arbitrary bytes.

use quire_store::objects::Namespace;
use std::time::Duration;

/// What SQL is made of here; bytes beyond these are characters.
const WORDS: [&str; 44] = [
    "SELECT",
    "*",
    "FROM",
    "_cf_KV",
    "_cf_METADATA",
    "\"_cf_KV\"",
    "main._cf_KV",
    "DELETE",
    "DROP TABLE",
    "INSERT INTO",
    "VALUES ('k', x'00')",
    "UPDATE",
    "SET value = x'00'",
    ";",
    "COMMIT",
    "BEGIN",
    "ROLLBACK",
    "/* c */",
    "-- c\n",
    "CREATE TABLE t (a)",
    "CREATE VIEW v AS",
    "ALTER TABLE",
    "RENAME TO x",
    "PRAGMA writable_schema = 1",
    "WITH x AS (",
    ")",
    "REPLACE INTO",
    "CREATE TRIGGER g AFTER INSERT ON",
    "END",
    "sqlite_schema",
    "WHERE 1",
    "EXPLAIN",
    "VACUUM",
    "t",
    "PRAGMA",
    "table_info(_cf_KV)",
    "'",
    "(",
    ",",
    "1",
    "key",
    "value",
    "SAVEPOINT _cf_0",
    "RELEASE _cf_0",
];

/// No SQL reaches our tables or ends our transaction.
pub fn sql(data: &[u8]) {
    let words: Vec<String> = data
        .iter()
        .take(24)
        .map(|byte| match WORDS.get(usize::from(*byte)) {
            Some(word) => (*word).to_owned(),
            None => char::from(*byte).to_string(),
        })
        .collect();
    let sql = words.join(" ");
    let folder = tempfile::TempDir::new().unwrap();
    let namespace = Namespace::open(folder.path().join("n")).unwrap();
    let state = namespace.state("a", Duration::ZERO).unwrap();
    state.put("k", b"secret").unwrap();
    if let Ok(result) = state.execute(&sql, &[]) {
        let shown = format!("{:?}", result.rows);
        assert!(!shown.contains("Blob([115, 101, 99"), "{sql}: {shown}");
    }
    assert!(state.is_dirty(), "{sql} ended the transaction");
    assert_eq!(state.get("k").unwrap().unwrap(), b"secret", "{sql}");
    state.commit().unwrap();
}
