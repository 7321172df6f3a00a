// `ctx.storage`: https://developers.cloudflare.com/durable-objects/api/legacy-kv-storage-api/

const NativeError = Error;
const NativeMap = Map;
const NativeRangeError = RangeError;
const NativeTypeError = TypeError;
const { isArray } = Array;
const { keys: keysOf } = Object;
const { floor } = Math;
const { now } = Date;
const { sort } = Array.prototype;
const { apply } = Reflect;
const dateTime = Date.prototype.getTime;
const mapSet = Map.prototype.set;
const { codePointAt } = String.prototype;
const FROM_HOST = Symbol("from host");
// The number for native code, if this may be used now; whether the class has a handler for alarms.
const HANDLE = Symbol("handle");
const HAS_ALARM = Symbol("has alarm");

const { entries, get, put, rangeOf, valueOf } = internals.objects.values;

// Keys of one call.
const KEYS_MAX = 128;

// What the original's clock can show.
const MILLISECONDS_MAX = 9_223_372_036_854;

const NO_SQL =
  "SQL is not enabled for this Durable Object class. To enable it, change `new_classes` to `new_sqlite_classes` within the " +
  "'migrations' field in your wrangler.jsonc or wrangler.toml file. Note that this change cannot be made after the class is already " +
  "deployed to production.";
const NO_KV =
  "The storage.kv (synchronous KV) API is only available for SQLite-backed Durable Objects, but this object's namespace is not declared to " +
  "use SQLite. You can use the older, asyncronous interface via methods of `storage` itself (e.g. `storage.get()`). Alternatively, to " +
  "enable SQLite, change `new_classes` to `new_sqlite_classes` within the 'migrations' field in your wrangler.jsonc or wrangler.toml file. " +
  "Note that this change cannot be made after the class is already deployed to production.";
const NO_ALARM = "Your Durable Object class must have an alarm() handler in order to call setAlarm()";
const PUT_USAGE =
  "put() may only be called with a single key-value pair and optional options as put(key, value, options) or with multiple key-value pairs " +
  "and optional options as put(entries, options)";

// The order of UTF-8 bytes is that of code points.
function byBytes(a, b) {
  const length = a.length < b.length ? a.length : b.length;
  for (let i = 0; i < length; i++) {
    const one = apply(codePointAt, a, [i]);
    const other = apply(codePointAt, b, [i]);
    if (one !== other) return one - other;
  }
  return a.length - b.length;
}

const wrongArgument = (method, index, type) =>
  new NativeTypeError(`Failed to execute '${method}' on 'DurableObjectStorage': parameter ${index} is not of type '${type}'.`);

function checkCount(count, what) {
  if (count > KEYS_MAX) throw new NativeRangeError(`Maximum number of ${what} is ${KEYS_MAX}.`);
}

function texts(keys) {
  const strings = [];
  for (let i = 0; i < keys.length; i++) strings[i] = `${keys[i]}`.toWellFormed();
  checkCount(strings.length, "keys");
  return strings;
}

function getMany(handle, keys) {
  const sorted = apply(sort, texts(keys), [byBytes]);
  const found = new NativeMap();
  for (let i = 0; i < sorted.length; i++) {
    const value = ops.storage_get(handle, sorted[i]);
    if (value !== null) apply(mapSet, found, [sorted[i], internals.deserialize(value)]);
  }
  return found;
}

function putMany(handle, object) {
  const names = keysOf(object);
  checkCount(names.length, "pairs");
  // All or nothing: a value may turn out to be none that can be stored.
  ops.storage_begin(handle, false);
  let stored = false;
  try {
    for (let i = 0; i < names.length; i++) {
      const value = object[names[i]];
      if (value !== undefined) put(handle, names[i], value);
    }
    stored = true;
  } finally {
    ops.storage_end(handle, false, stored);
  }
}

function listed(handle, options) {
  const range = rangeOf(options);
  const list = entries(handle, range, range.limit);
  const found = new NativeMap();
  for (let i = 0; i < list.length; i += 2) apply(mapSet, found, [list[i], valueOf(list[i + 1])]);
  return found;
}

function alarmTime(time) {
  if (typeof time !== "number" && !isDate(time)) throw wrongArgument("setAlarm", 1, "date");
  const number = typeof time === "number" ? time : apply(dateTime, time, []);
  if (!Number.isFinite(number)) throw new NativeTypeError("The value cannot be converted because it is not a valid Date.");
  if (number > MILLISECONDS_MAX) throw new NativeTypeError("This API doesn't support dates after 2189.");
  if (number < -MILLISECONDS_MAX) throw new NativeTypeError("This API doesn't support dates before 1687.");
  const due = floor(number);
  if (due <= 0) throw new NativeTypeError("setAlarm() cannot be called with an alarm time <= 0");
  const present = now();
  return due < present ? present : due;
}

/** Options say nothing that matters here; they have to be some. */
function checkOptions(method, position, options, type) {
  if (options !== undefined && options !== null && !internals.conversions.isObject(options)) throw wrongArgument(method, position, type);
}

function isDate(value) {
  try {
    apply(dateTime, value, []);
    return true;
  } catch {
    return false;
  }
}

// What storage and a transaction have in common.
class Operations {
  async get(key, options = undefined) {
    const handle = this[HANDLE]("get");
    if (key === undefined) throw wrongArgument("get", 1, "string or Array");
    return isArray(key) ? getMany(handle, key) : get(handle, `${key}`);
  }

  async put(key, value = undefined, options = undefined) {
    const handle = this[HANDLE]("put");
    if (key === undefined) throw wrongArgument("put", 1, "string or object");
    if (typeof key === "object" && key !== null && !isArray(key)) {
      if (value !== undefined && (value === null || (typeof value !== "object" && typeof value !== "function"))) {
        throw new NativeTypeError(PUT_USAGE);
      }
      return putMany(handle, key);
    }
    if (value === undefined) throw new NativeTypeError("put() called with undefined value.");
    put(handle, `${key}`, value);
  }

  async delete(key, options = undefined) {
    const handle = this[HANDLE]("delete");
    if (key === undefined) throw wrongArgument("delete", 1, "string or Array");
    if (!isArray(key)) return ops.storage_delete(handle, `${key}`);
    const keys = texts(key);
    let count = 0;
    for (let i = 0; i < keys.length; i++) if (ops.storage_delete(handle, keys[i])) count++;
    return count;
  }

  async list(options = undefined) {
    return listed(this[HANDLE]("list"), options);
  }

  async getAlarm(options = undefined) {
    const handle = this[HANDLE]("getAlarm");
    checkOptions("getAlarm", 1, options, "GetAlarmOptions");
    return ops.storage_get_alarm(handle);
  }

  async setAlarm(time = undefined, options = undefined) {
    const handle = this[HANDLE]("setAlarm");
    const due = alarmTime(time);
    checkOptions("setAlarm", 2, options, "SetAlarmOptions");
    if (!this[HAS_ALARM]()) throw new NativeTypeError(NO_ALARM);
    ops.storage_set_alarm(handle, due);
  }

  async deleteAlarm(options = undefined) {
    const handle = this[HANDLE]("deleteAlarm");
    checkOptions("deleteAlarm", 1, options, "SetAlarmOptions");
    ops.storage_set_alarm(handle, null);
  }
}

let openTransaction;
let endTransaction;

class DurableObjectTransaction {
  #handle;
  #hasAlarm;
  #state = "open";

  static {
    openTransaction = (handle, hasAlarm) => new DurableObjectTransaction(FROM_HOST, handle, hasAlarm);
    endTransaction = (transaction, keep) => {
      if (transaction.#state === "rolled back") return;
      transaction.#state = "committed";
      ops.storage_end(transaction.#handle, true, keep);
    };
  }

  constructor(key, handle, hasAlarm) {
    if (key !== FROM_HOST) throw new NativeTypeError("Illegal constructor");
    this.#handle = handle;
    this.#hasAlarm = hasAlarm;
  }

  [HANDLE](method) {
    if (this.#state === "rolled back") throw new NativeError(`Cannot ${method}() on rolled back transaction`);
    if (this.#state === "committed") {
      throw new NativeError(
        `Cannot call ${method}() on transaction that has already committed: did you move \`txn\` outside of the closure?`,
      );
    }
    return this.#handle;
  }

  [HAS_ALARM]() {
    return this.#hasAlarm();
  }

  rollback() {
    if (this.#state === "rolled back") return;
    const handle = this[HANDLE]("rollback");
    this.#state = "rolled back";
    ops.storage_end(handle, true, false);
  }

  deleteAll() {
    throw new NativeError("Cannot call deleteAll() within a transaction");
  }
}

class DurableObjectStorage {
  #handle;
  #Class;
  #sql;
  #kv;

  constructor(key, handle, Class) {
    if (key !== FROM_HOST) throw new NativeTypeError("Illegal constructor");
    this.#handle = handle;
    this.#Class = Class;
  }

  [HANDLE]() {
    return this.#handle;
  }

  [HAS_ALARM]() {
    return this.#Class === undefined || typeof this.#Class.prototype?.alarm === "function";
  }

  async deleteAll(options = undefined) {
    ops.storage_delete_all(this.#handle, internals.compatibility.delete_all_deletes_alarm !== false);
  }

  async transaction(callback) {
    const handle = this.#handle;
    if (typeof callback !== "function") throw wrongArgument("transaction", 1, "function");
    return internals.objects.critical(handle, async () => {
      ops.storage_begin(handle, true);
      const transaction = openTransaction(handle, () => this[HAS_ALARM]());
      let keep = false;
      try {
        const result = await callback(transaction);
        keep = true;
        return result;
      } finally {
        endTransaction(transaction, keep);
      }
    });
  }

  transactionSync(callback) {
    const handle = this.#handle;
    if (!ops.storage_is_sqlite(handle)) throw new NativeError("Durable Object is not backed by SQL.");
    ops.storage_begin(handle, false);
    let keep = false;
    try {
      const result = callback();
      keep = true;
      return result;
    } finally {
      ops.storage_end(handle, false, keep);
    }
  }

  async sync() {
    await ops.storage_sync(this.#handle);
  }

  get sql() {
    if (!ops.storage_is_sqlite(this.#handle)) throw new NativeError(NO_SQL);
    return (this.#sql ??= internals.objects.sql(this.#handle));
  }

  get kv() {
    if (!ops.storage_is_sqlite(this.#handle)) throw new NativeError(NO_KV);
    return (this.#kv ??= internals.objects.values.createSync(this.#handle));
  }

  async getCurrentBookmark() {
    return BOOKMARK;
  }

  async getBookmarkForTime(timestamp) {
    throw new NativeError(NO_BOOKMARKS);
  }

  async onNextSessionRestoreBookmark(bookmark) {
    throw new NativeError(NO_BOOKMARKS);
  }
}

// States of the past are not kept, as on the original's development server.
const BOOKMARK = "00000000-00000000-00000000-00000000000000000000000000000000";
const NO_BOOKMARKS = "This Durable Object's storage back-end does not implement point-in-time recovery.";

for (const Class of [DurableObjectStorage, DurableObjectTransaction]) {
  for (const name of ["get", "put", "delete", "list", "getAlarm", "setAlarm", "deleteAlarm"]) {
    Class.prototype[name] = Operations.prototype[name];
  }
  internals.defineClass(Class, Class.name);
}

/** `ctx.storage` of the object with this number. `Class` is the program's. */
internals.objects.storage = (handle, Class = undefined) => new DurableObjectStorage(FROM_HOST, handle, Class);
