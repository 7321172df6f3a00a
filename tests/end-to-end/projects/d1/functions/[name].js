const told = async (action) => {
  try {
    const value = await action();
    return value === undefined ? "undefined" : value;
  } catch (error) {
    return [`${error?.constructor?.name}: ${error?.message}`, error?.cause instanceof Error ? error.cause.message : String(error?.cause)];
  }
};
/** What changes from run to run is left out. */
const plain = ({ success, meta, results }) => ({
  success,
  results,
  changes: meta.changes,
  changed_db: meta.changed_db,
});
const types = (DB, ...values) =>
  DB.prepare(`SELECT ${values.map((_, i) => `typeof(?${i + 1}) AS t${i}, ?${i + 1} AS v${i}`).join(", ")}`).bind(...values).first();
/** A table `t` with three rows. */
const table = async (DB) => {
  await DB.batch([
    DB.prepare("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE, score REAL, data BLOB)"),
    DB.prepare("INSERT INTO t VALUES (1, 'a', 1.5, x'0102'), (2, 'b', 2, NULL), (3, 'c', NULL, NULL)"),
  ]);
};
const count = async (DB) => (await DB.prepare("SELECT count(*) AS n FROM t").first("n"));

const checks = {
  // The objects
  tag: (DB) => [Object.prototype.toString.call(DB), DB.constructor.name, typeof DB],
  methods: (DB) => Object.getOwnPropertyNames(Object.getPrototypeOf(DB)).sort(),
  statementMethods: (DB) => Object.getOwnPropertyNames(Object.getPrototypeOf(DB.prepare("SELECT 1"))).sort(),
  sessionMethods: (DB) => Object.getOwnPropertyNames(Object.getPrototypeOf(DB.withSession())).sort(),
  statement: (DB) => { const statement = DB.prepare("SELECT ?").bind(1); return [statement.constructor.name, statement.statement, statement.params]; },
  clone: async (DB) => (await told(() => structuredClone(DB)))[0].split(":")[0],
  sameId: async (DB, { env }) => { await table(DB); return [await count(env.SAME), await told(() => count(env.OTHER))]; },
  resultKeys: async (DB) => { const result = await DB.prepare("SELECT 1").all(); return [Object.keys(result), Object.keys(result.meta)]; },
  metaTypes: async (DB) => { const { meta } = await DB.prepare("SELECT 1").all(); return Object.entries(meta).map(([name, value]) => [name, typeof value]); },
  prepareIsLazy: (DB) => told(() => typeof DB.prepare("nonsense")),

  // Reading
  all: async (DB) => { await table(DB); return plain(await DB.prepare("SELECT * FROM t ORDER BY id").all()); },
  allNone: async (DB) => { await table(DB); return plain(await DB.prepare("SELECT * FROM t WHERE id > 10").all()); },
  first: async (DB) => { await table(DB); return DB.prepare("SELECT id, name FROM t ORDER BY id DESC").first(); },
  firstNone: async (DB) => { await table(DB); return DB.prepare("SELECT * FROM t WHERE id = 9").first(); },
  firstColumn: async (DB) => { await table(DB); return [await DB.prepare("SELECT * FROM t").first("name"), await DB.prepare("SELECT * FROM t WHERE id = 9").first("name"), await DB.prepare("SELECT data FROM t WHERE id = 2").first("data")]; },
  firstUnknown: async (DB) => { await table(DB); return told(() => DB.prepare("SELECT * FROM t").first("nothing")); },
  firstUnknownNone: async (DB) => { await table(DB); return told(() => DB.prepare("SELECT * FROM t WHERE id = 9").first("nothing")); },
  firstNull: async (DB) => told(() => DB.prepare("SELECT 1 AS a").first(null)),
  raw: async (DB) => { await table(DB); return DB.prepare("SELECT id, name FROM t ORDER BY id").raw(); },
  rawNames: async (DB) => { await table(DB); return [await DB.prepare("SELECT id, name FROM t WHERE id = 1").raw({ columnNames: true }), await DB.prepare("SELECT id AS x FROM t WHERE id = 9").raw({ columnNames: true }), await DB.prepare("SELECT id FROM t WHERE id = 1").raw({ columnNames: false })]; },
  rawDuplicates: (DB) => DB.prepare("SELECT 1 AS a, 2 AS a").raw({ columnNames: true }),
  duplicates: async (DB) => (await DB.prepare("SELECT 1 AS a, 2 AS a, 3 AS b").all()).results,
  runRows: async (DB) => { await table(DB); return plain(await DB.prepare("SELECT id FROM t ORDER BY id").run()); },
  names: async (DB) => (await DB.prepare("SELECT 1, 'x', 1+1 AS \"two words\", 4 AS __proto__").all()).results.map(Object.entries),
  many: async (DB) => { const { results } = await DB.prepare("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i FROM n").all(); return [results.length, results.at(-1)]; },
  long: async (DB) => (await DB.prepare("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT count(*) AS n, sum(i) AS s FROM n").first()),
  pragma: async (DB) => { await table(DB); return (await DB.prepare("PRAGMA table_info(t)").all()).results.map(({ name, type }) => [name, type]); },
  tables: async (DB) => { await table(DB); return (await DB.prepare("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf\\_%' ESCAPE '\\' ORDER BY name").all()).results; },
  json: (DB) => DB.prepare("SELECT json_extract('{\"a\":[1,2]}', '$.a[1]') AS v, json('[1, 2]') AS j").first(),
  dates: (DB) => DB.prepare("SELECT date(0, 'unixepoch') AS d").first(),
  fts: async (DB) => { await DB.exec("CREATE VIRTUAL TABLE f USING fts5(body)"); await DB.prepare("INSERT INTO f VALUES ('hello world'), ('other')").run(); return DB.prepare("SELECT body FROM f WHERE f MATCH 'world'").first(); },

  // Writing
  run: async (DB) => { await table(DB); const result = await DB.prepare("INSERT INTO t (name) VALUES (?)").bind("d").run(); return [plain(result), result.meta.last_row_id, result.meta.rows_written > 0]; },
  runUpdate: async (DB) => { await table(DB); return plain(await DB.prepare("UPDATE t SET score = 0 WHERE id < 3").run()); },
  runNothing: async (DB) => { await table(DB); return plain(await DB.prepare("DELETE FROM t WHERE id = 9").run()); },
  returning: async (DB) => { await table(DB); return plain(await DB.prepare("INSERT INTO t (name) VALUES ('x') RETURNING id, name").all()); },
  returningFirst: async (DB) => { await table(DB); return DB.prepare("UPDATE t SET name = 'z' WHERE id = 1 RETURNING *").first("name"); },
  create: async (DB) => plain(await DB.prepare("CREATE TABLE t (a)").run()),
  createTwice: async (DB) => { await table(DB); return told(() => DB.prepare("CREATE TABLE t (a)").run()); },
  lastRowId: async (DB) => { await table(DB); await DB.prepare("INSERT INTO t (id, name) VALUES (77, 'x')").run(); const { meta } = await DB.prepare("SELECT 1").all(); return [meta.last_row_id, await DB.prepare("SELECT last_insert_rowid() AS id").first("id")]; },
  readOwnWrite: async (DB) => { await table(DB); await DB.prepare("INSERT INTO t (name) VALUES ('x')").run(); return count(DB); },
  manyAtOnce: async (DB) => { await table(DB); await Promise.all(Array.from({ length: 40 }, (_, i) => DB.prepare("INSERT INTO t (name) VALUES (?)").bind(`n${i}`).run())); return count(DB); },
  oneOfManyFails: async (DB) => { await table(DB); const results = await Promise.all(["d", "a", "e"].map((name) => told(async () => (await DB.prepare("INSERT INTO t (name) VALUES (?)").bind(name).run()).meta.changes))); return [results, await count(DB)]; },
  upsert: async (DB) => { await table(DB); await DB.prepare("INSERT INTO t (id, name) VALUES (1, 'new') ON CONFLICT DO UPDATE SET name = excluded.name").run(); return DB.prepare("SELECT name FROM t WHERE id = 1").first("name"); },

  // Values
  bindNumber: (DB) => types(DB, 1, 1.5, -0, 1e300),
  bindBig: (DB) => types(DB, Number.MAX_SAFE_INTEGER, 2 ** 53),
  bindNan: (DB) => types(DB, NaN, Infinity, -Infinity),
  bindString: (DB) => types(DB, "", "é😀", "a\u0000b"),
  bindSurrogate: (DB) => told(() => types(DB, "a\ud800b")),
  bindBoolean: (DB) => types(DB, true, false),
  bindNull: (DB) => types(DB, null),
  bindBuffer: (DB) => types(DB, new Uint8Array([1, 2]).buffer, new Uint8Array([3, 4, 5]).subarray(1), [6, 7], new Uint8Array(0)),
  bindWords: (DB) => told(() => types(DB, new Uint16Array([1, 300]))),
  bindDataView: (DB) => told(() => types(DB, new DataView(new ArrayBuffer(2)))),
  bindUndefined: (DB) => told(() => DB.prepare("SELECT ?").bind(undefined)),
  bindBigint: (DB) => told(() => DB.prepare("SELECT ?").bind(1n)),
  bindObject: (DB) => told(() => DB.prepare("SELECT ?").bind({ a: 1 })),
  bindDate: (DB) => told(() => DB.prepare("SELECT ?").bind(new Date(0))),
  bindFunction: (DB) => told(() => DB.prepare("SELECT ?").bind(() => 1)),
  bindSymbol: (DB) => told(() => DB.prepare("SELECT ?").bind(Symbol("s"))),
  bindNumbers: (DB) => told(() => DB.prepare("SELECT ?").bind([1, 300])),
  bindStrings: (DB) => told(() => DB.prepare("SELECT ?").bind(["a"])),
  bindIsSynchronous: (DB) => { try { DB.prepare("SELECT ?").bind(undefined); return "no"; } catch { return "yes"; } },
  bindNew: async (DB) => { const statement = DB.prepare("SELECT ? AS v"); const [one, two] = [statement.bind(1), statement.bind(2)]; return [one === two, await one.first("v"), await two.first("v"), await one.bind(3).first("v")]; },
  bindTwice: async (DB) => { const statement = DB.prepare("SELECT ? AS v").bind(5); return [await statement.first("v"), await statement.first("v")]; },
  bindFew: (DB) => told(() => DB.prepare("SELECT ?, ?").bind(1).all()),
  bindMany: (DB) => told(() => DB.prepare("SELECT ?").bind(1, 2).all()),
  bindNone: (DB) => told(() => DB.prepare("SELECT ?").all()),
  bindNumbered: (DB) => DB.prepare("SELECT ?2 AS a, ?1 AS b").bind("x", "y").first(),
  bindNamed: (DB) => told(() => DB.prepare("SELECT :a AS a, @b AS b, $c AS c").bind(1, 2, 3).first()),
  bindHundred: async (DB) => (await DB.prepare(`SELECT ${Array(100).fill("?").join()}`).bind(...Array(100).fill(1)).raw())[0].length,
  bindTooMany: (DB) => told(() => DB.prepare(`SELECT 1 IN (${Array(101).fill("?").join()})`).bind(...Array(101).fill(1)).all()),
  affinity: async (DB) => { await table(DB); await DB.prepare("INSERT INTO t VALUES (?, ?, ?, ?)").bind(10, 20, 30, 40).run(); return DB.prepare("SELECT typeof(id) AS a, typeof(name) AS b, name, typeof(score) AS c, typeof(data) AS d FROM t WHERE id = 10").first(); },
  integers: (DB) => DB.prepare("SELECT 9007199254740993 AS a, -9223372036854775808 AS b, 1e999 AS c, 0.1 AS d, 3.0 AS e").first(),
  texts: (DB) => DB.prepare("SELECT 'a' || char(10) || '\"' AS v, '' AS e").first(),
  blobs: (DB) => DB.prepare("SELECT x'00ff' AS v, x'' AS e, zeroblob(3) AS z").first(),
  invalidText: (DB) => DB.prepare("SELECT CAST(x'61ff62' AS TEXT) AS v").first(),

  // Errors
  syntax: (DB) => told(() => DB.prepare("SELEC 1").all()),
  noTable: (DB) => told(() => DB.prepare("SELECT * FROM nothing").all()),
  noColumn: async (DB) => { await table(DB); return told(() => DB.prepare("SELECT nothing FROM t").all()); },
  unique: async (DB) => { await table(DB); return told(() => DB.prepare("INSERT INTO t (name) VALUES ('a')").run()); },
  primaryKey: async (DB) => { await table(DB); return told(() => DB.prepare("INSERT INTO t (id) VALUES (1)").run()); },
  notNull: async (DB) => { await DB.exec("CREATE TABLE t (a NOT NULL)"); return told(() => DB.prepare("INSERT INTO t VALUES (NULL)").run()); },
  check: async (DB) => { await DB.exec("CREATE TABLE t (a CHECK (a > 0))"); return told(() => DB.prepare("INSERT INTO t VALUES (0)").run()); },
  foreignKey: async (DB) => { await DB.exec("CREATE TABLE p (id PRIMARY KEY)\nCREATE TABLE t (a REFERENCES p (id))"); return told(() => DB.prepare("INSERT INTO t VALUES (1)").run()); },
  foreignKeyDeferred: async (DB) => { await DB.exec("CREATE TABLE p (id PRIMARY KEY)\nCREATE TABLE t (a REFERENCES p (id))"); return [await told(async () => (await DB.batch([DB.prepare("PRAGMA defer_foreign_keys = on"), DB.prepare("INSERT INTO t VALUES (1)"), DB.prepare("INSERT INTO p VALUES (1)")])).length), await told(() => DB.batch([DB.prepare("PRAGMA defer_foreign_keys = on"), DB.prepare("INSERT INTO t VALUES (5)")])), await count(DB)]; },
  emptySql: (DB) => told(() => DB.prepare("").all()),
  commentSql: (DB) => told(() => DB.prepare("-- nothing").all()),
  blockCommentSql: (DB) => told(() => DB.prepare("/* nothing */").all()),
  begin: (DB) => told(() => DB.prepare("BEGIN TRANSACTION").run()),
  savepoint: (DB) => told(() => DB.prepare("SAVEPOINT a").run()),
  commit: (DB) => told(() => DB.prepare("COMMIT").run()),
  attach: (DB) => told(() => DB.prepare("ATTACH 'x' AS y").run()),
  vacuum: (DB) => told(() => DB.prepare("VACUUM").run()),
  internalTable: (DB) => told(() => DB.prepare("SELECT * FROM _cf_KV").all()),
  createInternal: (DB) => told(() => DB.prepare("CREATE TABLE _cf_x (a)").run()),
  forbiddenFunction: (DB) => told(() => DB.prepare("SELECT sqlite_version()").all()),
  forbiddenPragma: (DB) => told(() => DB.prepare("PRAGMA journal_mode").all()),
  temporary: (DB) => told(() => DB.prepare("CREATE TEMP TABLE x (a)").run()),
  longSql: (DB) => told(async () => (await DB.prepare(`SELECT ${"1".repeat(1)} -- ${"x".repeat(100_100)}`).all()).results.length),
  likePattern: (DB) => told(() => DB.prepare("SELECT 'a' LIKE ?").bind("x".repeat(60)).first()),
  columns: (DB) => told(async () => Object.keys(await DB.prepare(`SELECT ${Array.from({ length: 101 }, (_, i) => `1 AS c${i}`).join()}`).first()).length),

  // Several statements
  severalInOne: async (DB) => { await table(DB); return told(async () => plain(await DB.prepare("INSERT INTO t (name) VALUES ('x'); SELECT count(*) AS n FROM t").all())); },
  severalParameters: async (DB) => { await table(DB); return [await told(async () => (await DB.prepare("SELECT 1; SELECT ? AS v").bind(2).all()).results), await told(() => DB.prepare("SELECT ?; SELECT 1").bind(2).all())]; },
  severalFail: async (DB) => { await table(DB); return [await told(() => DB.prepare("INSERT INTO t (name) VALUES ('x'); SELECT nothing").all()), await count(DB)]; },
  trailing: async (DB) => [await told(() => DB.prepare("SELECT 1 AS a;").first()), await told(() => DB.prepare("SELECT 1 AS a; -- end").first()), await told(() => DB.prepare("SELECT 1 AS a;;").first())],
  batch: async (DB) => { await table(DB); const results = await DB.batch([DB.prepare("INSERT INTO t (name) VALUES (?)").bind("x"), DB.prepare("SELECT count(*) AS n FROM t"), DB.prepare("DELETE FROM t")]); return results.map(plain); },
  batchReads: async (DB) => { await table(DB); return (await DB.batch([DB.prepare("SELECT 1 AS a"), DB.prepare("SELECT id FROM t ORDER BY id")])).map(({ results }) => results); },
  batchFails: async (DB) => { await table(DB); return [await told(() => DB.batch([DB.prepare("INSERT INTO t (name) VALUES ('x')"), DB.prepare("INSERT INTO t (name) VALUES ('a')"), DB.prepare("DELETE FROM t")])), await count(DB)]; },
  batchEmpty: (DB) => told(() => DB.batch([])),
  batchSame: async (DB) => { await table(DB); const statement = DB.prepare("UPDATE t SET score = score + 1 WHERE id = 1"); await DB.batch([statement, statement, statement]); return DB.prepare("SELECT score FROM t WHERE id = 1").first("score"); },
  batchOtherDatabase: async (DB, { env }) => { await table(DB); return told(async () => (await DB.batch([env.OTHER.prepare("SELECT count(*) AS n FROM t")]))[0].results); },
  exec: async (DB) => { const result = await DB.exec("CREATE TABLE t (a)\nINSERT INTO t VALUES (1)\n\nINSERT INTO t VALUES (2)"); return [Object.keys(result), result.count, typeof result.duration, await count(DB)]; },
  execOneLine: async (DB) => { const result = await DB.exec("CREATE TABLE t (a); INSERT INTO t VALUES (1); INSERT INTO t VALUES (2)"); return [result.count, await count(DB)]; },
  execSplit: (DB) => told(() => DB.exec("CREATE TABLE t (\n a)")),
  execFails: async (DB) => { await table(DB); return [await told(() => DB.exec("INSERT INTO t (name) VALUES ('x')\nINSERT INTO t (name) VALUES ('a')")), await count(DB)]; },
  execEmpty: (DB) => told(() => DB.exec("")),
  execComments: (DB) => told(async () => (await DB.exec("-- a\nSELECT 1\n-- b")).count),
  execParameters: (DB) => told(() => DB.exec("SELECT ?")),
  trigger: async (DB) => { await DB.exec("CREATE TABLE t (a)\nCREATE TABLE log (a)"); await DB.prepare("CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a); INSERT INTO log VALUES (0); END").run(); const { meta } = await DB.prepare("INSERT INTO t VALUES (7)").run(); return [meta.changes, (await DB.prepare("SELECT a FROM log").raw())]; },
  dump: (DB) => told(() => DB.dump()),

  // Sessions
  session: async (DB) => { await table(DB); const session = DB.withSession(); const before = session.getBookmark(); const rows = await session.prepare("SELECT count(*) AS n FROM t").first("n"); const after = session.getBookmark(); return [session.constructor.name, before, rows, typeof after, after.length]; },
  sessionPrimary: async (DB) => { const session = DB.withSession("first-primary"); const before = session.getBookmark(); await session.prepare("SELECT 1").all(); return [before, session.getBookmark().length]; },
  sessionBookmark: (DB) => { const bookmark = "00000001-00000002-00000003-00000000000000000000000000000000"; return DB.withSession(bookmark).getBookmark() === bookmark; },
  sessionEmpty: (DB) => DB.withSession("").getBookmark(),
  sessionGrows: async (DB) => { await table(DB); const session = DB.withSession(); await session.prepare("INSERT INTO t (name) VALUES ('x')").run(); const one = session.getBookmark(); await session.prepare("INSERT INTO t (name) VALUES ('y')").run(); return [one < session.getBookmark(), DB.withSession(one).getBookmark() === one]; },
  sessionBatch: async (DB) => { await table(DB); const session = DB.withSession(); return (await session.batch([session.prepare("SELECT 1 AS a"), session.prepare("SELECT 2 AS a")])).map(({ results }) => results); },
};

/** What earlier checks left behind. */
const cleared = async (DB) => {
  const { results } = await DB.prepare("SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' AND name NOT LIKE 'f\\__%' ESCAPE '\\'").all();
  for (const { name, type } of results.reverse()) await DB.prepare(`DROP ${type} IF EXISTS "${name}"`).run();
};

export async function onRequest(context) {
  const { DB, OTHER } = context.env;
  await cleared(DB);
  await cleared(OTHER);
  const result = await told(() => checks[context.params.name](DB, context));
  return typeof result === "string" ? new Response(result) : Response.json(result);
}
