import { thrown } from "./index.js";

const rows = (storage, query, ...values) => storage.sql.exec(query, ...values).toArray();
function table(storage) {
  storage.sql.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, data BLOB); INSERT INTO t VALUES (1, 'one', x'0102'), (2, 'two', NULL), (3, NULL, x'')");
}

export const sql = {
  "select": (storage) => rows(storage, "SELECT 1 AS a, 1.5 AS b, 'x' AS c, NULL AS d, x'01' AS e"),
  "parameters": (storage) => storage.sql.exec("SELECT typeof(?), typeof(?), typeof(?), typeof(?), typeof(?), ?, ?", 1, "x", null, undefined, new Uint8Array(1), true, {}).raw().toArray(),
  "big-integer": (storage) => rows(storage, "SELECT 9007199254740993 AS a"),
  "bigint": (storage) => thrown(() => rows(storage, "SELECT ?", 1n)),
  "date-parameter": (storage) => rows(storage, "SELECT typeof(?) AS a", new Date(0)),
  "symbol": (storage) => thrown(() => rows(storage, "SELECT ?", Symbol("s"))),
  "named": (storage) => thrown(() => rows(storage, "SELECT :a AS a, @b AS b, $c AS c", 1, 2, 3)),
  "numbered": (storage) => thrown(() => rows(storage, "SELECT ?2 AS a, ?1 AS b", 1, 2)),
  "duplicate-columns": (storage) => [rows(storage, "SELECT 1 AS a, 2 AS a"), storage.sql.exec("SELECT 1 AS a, 2 AS a").raw().toArray(), storage.sql.exec("SELECT 1 AS a, 2 AS a").columnNames],
  "iteration": (storage) => (table(storage), [...storage.sql.exec("SELECT * FROM t")]),
  "next": (storage) => {
    table(storage);
    const cursor = storage.sql.exec("SELECT id FROM t");
    return [cursor.next(), cursor.toArray(), cursor.next(), cursor.toArray()];
  },
  "one": (storage) => rows(storage, "SELECT 1 AS a") && storage.sql.exec("SELECT 1 AS a").one(),
  "one-of-none": (storage) => thrown(() => storage.sql.exec("SELECT 1 WHERE 0").one()),
  "one-of-many": (storage) => (table(storage), thrown(() => storage.sql.exec("SELECT * FROM t").one())),
  "raw": (storage) => (table(storage), [...storage.sql.exec("SELECT id, name FROM t").raw()]),
  "column-names": (storage) => (table(storage), [storage.sql.exec("SELECT id, name AS n, 1 + 1 FROM t").columnNames, storage.sql.exec("DELETE FROM t").columnNames]),
  "rows-read": (storage) => {
    table(storage);
    const cursor = storage.sql.exec("SELECT * FROM t");
    cursor.toArray();
    const found = storage.sql.exec("SELECT * FROM t WHERE id = 2");
    found.toArray();
    return [cursor.rowsRead, cursor.rowsWritten, found.rowsRead];
  },
  "rows-written": (storage) => {
    table(storage);
    const inserted = storage.sql.exec("INSERT INTO t (name) VALUES ('a'), ('b')");
    const updated = storage.sql.exec("UPDATE t SET name = 'c' WHERE id > 2");
    const removed = storage.sql.exec("DELETE FROM t WHERE id = 1");
    return [inserted.rowsWritten, updated.rowsWritten, removed.rowsWritten];
  },
  "returning": (storage) => (table(storage), rows(storage, "INSERT INTO t (name) VALUES ('a') RETURNING id, name")),
  "shape": (storage) => {
    const cursor = storage.sql.exec("SELECT 1");
    const raw = cursor.raw();
    return [String(cursor), String(raw), typeof cursor[Symbol.iterator], typeof raw.map, typeof cursor.map, typeof raw.toArray, typeof storage.sql.Cursor, cursor instanceof storage.sql.Cursor];
  },
  "several": (storage) => rows(storage, "CREATE TABLE x (a); INSERT INTO x VALUES (1); SELECT * FROM x WHERE a = ?", 1),
  "several-parameters": (storage) => thrown(() => rows(storage, "SELECT ?; SELECT 1", 1)),
  "trailing-semicolon": (storage) => rows(storage, "SELECT 1 AS a;"),
  "trailing-blanks": (storage) => thrown(() => rows(storage, "SELECT 1 AS a; \n ")),
  "trailing-comment": (storage) => thrown(() => rows(storage, "SELECT 1 AS a; -- end")),
  "comment-inside": (storage) => rows(storage, "/* a */ SELECT 1 AS a -- b"),
  "empty": (storage) => thrown(() => rows(storage, "")),
  "blanks": (storage) => thrown(() => rows(storage, "  ")),
  "semicolon": (storage) => thrown(() => rows(storage, ";")),
  "two-semicolons": (storage) => thrown(() => rows(storage, "SELECT 1 AS a;;")),
  "no-arguments": (storage) => thrown(() => storage.sql.exec()),
  "query-not-text": (storage) => thrown(() => storage.sql.exec(5)),
  "too-few": (storage) => thrown(() => rows(storage, "SELECT ?")),
  "too-many": (storage) => thrown(() => rows(storage, "SELECT 1", 1)),
  "size": (storage) => {
    const before = storage.sql.databaseSize;
    storage.sql.exec("CREATE TABLE x (a); INSERT INTO x VALUES (zeroblob(100000))");
    return [typeof before, before % 4096, storage.sql.databaseSize - before > 90000];
  },
  "foreign-keys": (storage) => thrown(() => rows(storage, "CREATE TABLE p (id PRIMARY KEY); CREATE TABLE c (p REFERENCES p); INSERT INTO c VALUES (1)")),
  "fts5": (storage) => rows(storage, "CREATE VIRTUAL TABLE w USING fts5 (text); INSERT INTO w VALUES ('one two'), ('three'); SELECT * FROM w WHERE w MATCH 'two'"),
  "json": (storage) => rows(storage, "SELECT value, json_extract('{\"a\":5}', '$.a') AS a FROM json_each('[1,\"x\"]')"),
  "recursion": (storage) => rows(storage, "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 5) SELECT sum(x) AS s FROM c"),
  "trigger": (storage) => (table(storage), rows(storage, "CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET name = upper(NEW.name) WHERE id = NEW.id; DELETE FROM t WHERE id = 1; END; INSERT INTO t (name) VALUES ('x'); SELECT id, name FROM t")),
  "first-of-endless": (storage) => storage.sql.exec("WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c").next(),
  "after-delete-all": async (storage) => {
    table(storage);
    storage.kv.put("k", 1);
    await storage.deleteAll();
    return [await thrown(() => rows(storage, "SELECT * FROM t")), storage.kv.get("k")];
  },
  "pragma-table-info": (storage) => (table(storage), rows(storage, "PRAGMA table_info(t)")),
  "pragma-foreign-keys": (storage) => rows(storage, "PRAGMA foreign_keys"),
  "double-quoted-text": (storage) => rows(storage, 'SELECT "text" AS a'),
  "like-limit": (storage) => thrown(() => rows(storage, `SELECT 'a' LIKE '${"a".repeat(51)}'`)),
};
