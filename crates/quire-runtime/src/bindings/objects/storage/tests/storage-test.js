const storage = internals.objects.storage(1, class { alarm() {} });
const withoutSql = internals.objects.storage(2, class {});
const clear = () => storage.deleteAll();

test("values by key", async () => {
  assertEquals(await storage.get("a"), undefined);
  assertEquals(await storage.put("a", { n: 1, d: new Date(5), m: new Map([[1, new Set([2])]]) }), undefined);
  assertEquals(await storage.get("a"), { n: 1, d: new Date(5), m: new Map([[1, new Set([2])]]) });
  assert((await storage.get("a")) !== (await storage.get("a")), "each is a copy");
  await storage.put("null", null);
  assertEquals(await storage.get("null"), null);
  await storage.put(5, "five");
  assertEquals([await storage.get("5"), await storage.get(5)], ["five", "five"]);
  await storage.put("", "empty");
  assertEquals(await storage.get(""), "empty");
  class Point { x = 1; }
  await storage.put("point", new Point());
  assertEquals(await storage.get("point"), { x: 1 });
  assertEquals([await storage.delete("a"), await storage.delete("a")], [true, false]);
  await assertRejects(storage.put("a", undefined), TypeError, "put() called with undefined value.");
  await assertRejects(storage.put("a"), TypeError, "put() called with undefined value.");
  await assertRejects(storage.put(), TypeError, "Failed to execute 'put' on 'DurableObjectStorage': parameter 1 is not of type 'string or object'.");
  await assertRejects(storage.put(["x", "y"]), TypeError, "put() called with undefined value.");
  await assertRejects(storage.get(), TypeError, "Failed to execute 'get' on 'DurableObjectStorage': parameter 1 is not of type 'string or Array'.");
  await storage.put("headers", new Headers({ a: "b" }));
  assertEquals([...(await storage.get("headers"))], [["a", "b"]]);
  await assertRejects(storage.put({ a: 1 }, 5), TypeError, "put() may only be called with a single key-value pair");
  assertEquals((await assertRejects(storage.put("a", () => {}), DOMException)).name, "DataCloneError");
  await clear();
});

test("many keys", async () => {
  assertEquals(await storage.put({ b: 1, a: 2, skipped: undefined, "é": 3, "😀": 4, "\uffff": 5 }), undefined);
  const found = await storage.get(["\uffff", "😀", "b", "none", "a", "é"]);
  assertEquals([...found], [["a", 2], ["b", 1], ["é", 3], ["\uffff", 5], ["😀", 4]]);
  assertEquals(found instanceof Map, true);
  assertEquals([...(await storage.list()).keys()], ["a", "b", "é", "\uffff", "😀"]);
  assertEquals(await storage.delete(["a", "none", "b"]), 2);
  const many = Array.from({ length: 129 }, (_, i) => `k${i}`);
  await assertRejects(storage.get(many), RangeError, "Maximum number of keys is 128.");
  await assertRejects(storage.delete(many), RangeError, "Maximum number of keys is 128.");
  await assertRejects(storage.put(Object.fromEntries(many.map((key) => [key, 1]))), RangeError, "Maximum number of pairs is 128.");
  await assertRejects(storage.put({ x: 1, y: () => {} }), DOMException);
  assertEquals(await storage.get("x"), undefined);
  await clear();
});

test("listing", async () => {
  await storage.put({ a: 1, ab: 2, abc: 3, b: 4, c: 5 });
  const keys = async (options) => [...(await storage.list(options)).keys()].join();
  assertEquals(await keys(), "a,ab,abc,b,c");
  assertEquals(await keys({ prefix: "ab" }), "ab,abc");
  assertEquals(await keys({ start: "ab", end: "c" }), "ab,abc,b");
  assertEquals(await keys({ startAfter: "ab", reverse: true }), "c,b,abc");
  assertEquals(await keys({ reverse: true, limit: 2, end: "c" }), "b,abc");
  assertEquals(await keys({ start: "c", end: "a" }), "");
  assertEquals(await keys({ limit: "1" }), "a");
  await assertRejects(storage.list({ start: "a", startAfter: "b" }), TypeError, "list() cannot be called with both start and startAfter values.");
  await assertRejects(storage.list({ limit: 0 }), TypeError, "List limit must be positive.");
  await assertRejects(storage.list({ limit: -1 }), TypeError, "List limit must be positive.");
  await assertRejects(storage.list(5), TypeError);
  await clear();
});

test("sizes", async () => {
  await assertRejects(storage.put("big", new Uint8Array(2 ** 21)), RangeError, "Keys and values together cannot be larger than 2097152 bytes.");
  await storage.put("big", new Uint8Array(2 ** 21 - 100));
  await storage.put("k".repeat(3000), 1);
  await assertRejects(withoutSql.put("k".repeat(2049), 1), RangeError, "Keys cannot be larger than 2048 bytes.");
  await assertRejects(withoutSql.put("k", "x".repeat(131072)), RangeError, "Values cannot be larger than 131072 bytes.");
  await clear();
});

test("transactions", async () => {
  await storage.put("k", 1);
  assertEquals(await storage.transaction(async (txn) => {
    await txn.put("k", 2);
    assertEquals([await txn.get("k"), await storage.get("k")], [2, 2]);
    return "result";
  }), "result");
  await assertRejects(storage.transaction(async (txn) => {
    await txn.put("k", 3);
    await storage.put("other", 1);
    throw new RangeError("mine");
  }), RangeError, "mine");
  assertEquals([await storage.get("k"), await storage.get("other")], [2, undefined]);
  let kept;
  await storage.transaction(async (txn) => {
    kept = txn;
    await txn.put("k", 4);
    txn.rollback();
    txn.rollback();
    await assertRejects(async () => txn.get("k"), Error, "Cannot get() on rolled back transaction");
    assertThrows(() => txn.deleteAll(), Error);
  });
  assertEquals(await storage.get("k"), 2);
  await storage.transaction(async (outer) => {
    kept = outer;
    await outer.put("k", 5);
    await storage.transaction(async (inner) => {
      await inner.put("k", 6);
      inner.rollback();
    });
    assertEquals(await outer.get("k"), 5);
  });
  assertEquals(await storage.get("k"), 5);
  await assertRejects(async () => kept.get("k"), Error, "Cannot call get() on transaction that has already committed: did you move `txn` outside of the closure?");
  await assertRejects(storage.transaction(async () => storage.deleteAll()), Error, "Cannot call deleteAll() within a transaction");
  await storage.transaction(async (txn) => {
    await txn.put("slow", 1);
    await scheduler.wait(5);
    await txn.put("slow", 2);
  });
  assertEquals(await storage.get("slow"), 2);
  await clear();
});

test("synchronous transactions", async () => {
  assertEquals(storage.transactionSync(() => (storage.kv.put("k", 1), "result")), "result");
  assertThrows(() => storage.transactionSync(() => {
    storage.kv.put("k", 2);
    storage.transactionSync(() => storage.kv.put("inner", 1));
    throw new TypeError("mine");
  }), TypeError, "mine");
  assertEquals([storage.kv.get("k"), storage.kv.get("inner")], [1, undefined]);
  assertThrows(() => withoutSql.transactionSync(() => {}), Error, "Durable Object is not backed by SQL.");
  await clear();
});

test("kv", async () => {
  const { kv } = storage;
  assertEquals([kv.get("a"), kv.put("a", { x: 1 }), kv.get("a"), kv.delete("a"), kv.delete("a")], [undefined, undefined, { x: 1 }, true, false]);
  kv.put("u", undefined);
  assertEquals([kv.get("u"), [...kv.list()]], [undefined, [["u", undefined]]]);
  kv.delete("u");
  for (let i = 0; i < 600; i++) kv.put(`k${String(i).padStart(3, "0")}`, i);
  assertEquals([...kv.list()].map(([, value]) => value), Array.from({ length: 600 }, (_, i) => i));
  assertEquals([...kv.list({ reverse: true, limit: 300 })].map(([, value]) => value), Array.from({ length: 300 }, (_, i) => 599 - i));
  assertEquals([...kv.list({ prefix: "k01", limit: 2 })], [["k010", 10], ["k011", 11]]);
  assertEquals(kv.list().take(2).toArray(), [["k000", 0], ["k001", 1]]);
  const old = kv.list();
  old.next();
  kv.list();
  assertThrows(() => old.next(), Error, "kv.list() iterator was invalidated because a new call to kv.list() was started.");
  assertEquals(await storage.get("k007"), 7);
  assertThrows(() => withoutSql.kv, Error, "The storage.kv (synchronous KV) API is only available for SQLite-backed Durable Objects");
  assertThrows(() => withoutSql.sql, Error, "SQL is not enabled for this Durable Object class.");
  await clear();
});

test("sql", async () => {
  const { sql } = storage;
  sql.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, data BLOB)");
  const inserted = sql.exec("INSERT INTO t (name, data) VALUES (?, ?), (?, ?) RETURNING id", "é", new Uint8Array([1, 2]), null, undefined);
  assertEquals(inserted.toArray(), [{ id: 1 }, { id: 2 }]);
  assertEquals(inserted.rowsWritten, 2);
  const cursor = sql.exec("SELECT * FROM t ORDER BY id");
  assertEquals(cursor.columnNames, ["id", "name", "data"]);
  assertEquals(cursor.next(), { done: false, value: { id: 1, name: "é", data: new Uint8Array([1, 2]).buffer } });
  assertEquals([...cursor], [{ id: 2, name: null, data: null }]);
  assertEquals([cursor.next(), cursor.toArray(), cursor.rowsRead], [{ done: true, value: undefined }, [], 2]);
  assertEquals(sql.exec("SELECT 1 AS a, 2 AS a").one(), { a: 2 });
  assertEquals(sql.exec("SELECT 1 AS a, 2 AS a").raw().toArray(), [[1, 2]]);
  assertEquals([...sql.exec("SELECT id FROM t").raw()], [[1], [2]]);
  assertEquals(sql.exec("SELECT typeof(?), typeof(?), ?, ?", 1, "x", true, { toString: () => "text" }).raw().next().value, ["real", "text", "true", "text"]);
  assertThrows(() => sql.exec("SELECT 1 WHERE 0").one(), Error, "Expected exactly one result from SQL query, but got no results.");
  assertThrows(() => sql.exec("SELECT id FROM t").one(), Error, "Expected exactly one result from SQL query, but got multiple results.");
  assertThrows(() => sql.exec("SELECT ?", 1n), TypeError);
  assertThrows(() => sql.exec("SELECT * FROM missing"), Error, "no such table: missing: SQLITE_ERROR");
  assertThrows(() => sql.exec("SELECT ?"), Error, "Wrong number of parameter bindings for SQL query.");
  assert(sql.databaseSize > 4096);
  const endless = sql.exec("WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x, zeroblob(1000000) FROM c");
  assertEquals([endless.next().value.x, endless.next().value.x], [1, 2]);
  assertThrows(() => endless.toArray(), Error, "The rows of the query take more than 64 MB; ask for fewer with LIMIT.");
  assertThrows(() => storage.transactionSync(() => { sql.exec("DELETE FROM t"); throw new Error("undo"); }), Error, "undo");
  assertEquals(sql.exec("SELECT count(*) AS n FROM t").one(), { n: 2 });
  await clear();
  assertThrows(() => sql.exec("SELECT * FROM t"), Error, "no such table: t: SQLITE_ERROR");
});

test("alarms", async () => {
  assertEquals(await storage.getAlarm(), null);
  const due = Date.now() + 60_000;
  assertEquals(await storage.setAlarm(due), undefined);
  assertEquals(await storage.getAlarm(), due);
  await storage.setAlarm(new Date(due + 5));
  assertEquals(await storage.getAlarm(), due + 5);
  assertEquals(await storage.deleteAlarm(), undefined);
  assertEquals(await storage.getAlarm(), null);
  await assertRejects(storage.setAlarm(0), TypeError, "setAlarm() cannot be called with an alarm time <= 0");
  await assertRejects(storage.setAlarm(-1), TypeError, "setAlarm() cannot be called with an alarm time <= 0");
  for (const value of [NaN, "5", {}, undefined, new Date(NaN)]) await assertRejects(storage.setAlarm(value), TypeError);
  await assertRejects(withoutSql.setAlarm(due), TypeError, "Your Durable Object class must have an alarm() handler in order to call setAlarm()");
  await assertRejects(storage.transaction(async (txn) => { await txn.setAlarm(due); throw new Error("undo"); }), Error, "undo");
  assertEquals(await storage.getAlarm(), null);
  await storage.setAlarm(5);
  assert((await storage.getAlarm()) > 1_600_000_000_000, "the past is now");
  await storage.deleteAll();
  assertEquals(await storage.getAlarm(), null);
});

test("durability and bookmarks", async () => {
  storage.put("k", 1);
  assertEquals(await storage.sync(), undefined);
  assertEquals(await storage.sync(), undefined);
  assertEquals(/^[0-]+$/.test(await storage.getCurrentBookmark()), true);
  await clear();
});

test("shape", () => {
  assertEquals(Object.prototype.toString.call(storage), "[object DurableObjectStorage]");
  assertEquals(Object.prototype.toString.call(storage.sql), "[object SqlStorage]");
  const names = [];
  for (const name in storage) names.push(name);
  assertEquals(names.filter((name) => name.startsWith("_")), []);
  assertThrows(() => new storage.constructor(), TypeError, "Illegal constructor");
  assertThrows(() => new storage.sql.Cursor(), TypeError, "Illegal constructor");
});
