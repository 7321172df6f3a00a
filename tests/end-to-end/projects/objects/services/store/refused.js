import { thrown } from "./index.js";

const statements = {
  "begin": "BEGIN",
  "begin-immediate": "begin immediate transaction",
  "commit": "COMMIT",
  "end": "END",
  "rollback": "ROLLBACK",
  "savepoint": "SAVEPOINT a",
  "release": "RELEASE a",
  "attach": "ATTACH 'x' AS x",
  "detach": "DETACH x",
  "vacuum": "VACUUM",
  "temp-table": "CREATE TEMP TABLE x (a)",
  "temp-view": "CREATE TEMPORARY VIEW x AS SELECT 1",
  "own-prefix": "CREATE TABLE _cf_mine (a)",
  "own-prefix-capitals": "CREATE TABLE _CF_mine (a)",
  "rename-into": "CREATE TABLE x (a); ALTER TABLE x RENAME TO _cf_x",
  "fts4": "CREATE VIRTUAL TABLE x USING fts4 (a)",
  "generate-series": "SELECT * FROM generate_series(1, 2)",
  "pragma-journal-mode": "PRAGMA journal_mode",
  "pragma-user-version": "PRAGMA user_version = 5",
  "pragma-page-size": "PRAGMA page_size = 512",
  "pragma-page-size-read": "PRAGMA page_size",
  "pragma-page-count": "PRAGMA page_count",
  "pragma-boolean": "PRAGMA foreign_keys = maybe",
  "pragma-on-kv": "PRAGMA table_info(_cf_KV)",
  "sqlite-version": "SELECT sqlite_version()",
  "load-extension": "SELECT load_extension('x')",
  "unknown-function": "SELECT nope()",
  "syntax": "SELEC 1",
  "incomplete": "SELECT",
  "no-table": "SELECT * FROM missing",
  "no-column": "CREATE TABLE x (a); SELECT nope FROM x",
  "unique": "CREATE TABLE x (a PRIMARY KEY); INSERT INTO x VALUES (1); INSERT INTO x VALUES (1)",
  "unique-column": "CREATE TABLE x (a, b UNIQUE); INSERT INTO x VALUES (1, 1); INSERT INTO x VALUES (1, 1)",
  "not-null": "CREATE TABLE x (a NOT NULL); INSERT INTO x VALUES (NULL)",
  "check": "CREATE TABLE x (a CHECK (a > 1)); INSERT INTO x VALUES (1)",
  "strict": "CREATE TABLE x (a INTEGER) STRICT; INSERT INTO x VALUES ('text')",
  "compound": "SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6",
  "columns": `CREATE TABLE x (${Array.from({ length: 101 }, (_, i) => `c${i}`)})`,
  "depth": `SELECT ${"(".repeat(101)}1${")".repeat(101)}`,
  "depth-of-additions": `SELECT ${"1+".repeat(101)}1`,
  "long": `SELECT '${"x".repeat(100000)}'`,
  "like": `SELECT 'a' LIKE '${"a".repeat(51)}'`,
};

export const refused = {};
for (const [name, statement] of Object.entries(statements)) {
  refused[name] = (storage) => thrown(() => storage.sql.exec(statement).toArray());
}
refused["parameters"] = (storage) => thrown(() => storage.sql.exec(`SELECT ${Array(101).fill("?")}`, ...Array(101).fill(1)).toArray());
