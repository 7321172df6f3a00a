// What the two APIs for values by key share, and the one without promises, `ctx.storage.kv`.

const NativeError = Error;
const NativeRangeError = RangeError;
const NativeTypeError = TypeError;
const NativeUint8Array = Uint8Array;
const { getPrototypeOf, setPrototypeOf } = Reflect;
const iteratorPrototype = getPrototypeOf(getPrototypeOf([][Symbol.iterator]()));
const FROM_STORAGE = Symbol("from storage");

// Entries that an iterator reads at once.
const PAGE = 256;

const illegal = () => new NativeTypeError("Illegal constructor");
const { serialize } = internals;
const { encodeUtf8 } = internals.encoding;

// With SQLite, key and value share a row; without it, on Cloudflare, each has a limit of its own.
const ROW_MAX = 2 * 1024 * 1024;
const KEY_MAX = 2048;
const VALUE_MAX = 131072;

function put(handle, key, value) {
  const bytes = serialize(value);
  // No character takes more than three bytes.
  if (key.length * 3 + bytes.length > KEY_MAX) check(ops.storage_is_sqlite(handle), key, bytes);
  ops.storage_put(handle, key, bytes);
}

function check(sqlite, key, bytes) {
  const size = encodeUtf8(key).length;
  if (sqlite) {
    if (size + bytes.length > ROW_MAX) {
      throw new NativeRangeError(`Keys and values together cannot be larger than ${ROW_MAX} bytes. These have ${size} and ${bytes.length} bytes.`);
    }
    return;
  }
  if (size > KEY_MAX) throw new NativeRangeError(`Keys cannot be larger than ${KEY_MAX} bytes. A key of size ${size} was provided.`);
  if (bytes.length > VALUE_MAX) {
    throw new NativeRangeError(`Values cannot be larger than ${VALUE_MAX} bytes. A value of size ${bytes.length} was provided.`);
  }
}

function get(handle, key) {
  const bytes = ops.storage_get(handle, key);
  return bytes === null ? undefined : internals.deserialize(bytes);
}

const text = (value) => (value === undefined ? null : `${value}`);

// What options of list() mean.
function rangeOf(options) {
  const range = { start: null, startAfter: null, end: null, prefix: null, reverse: false, limit: null };
  if (options === undefined || options === null) return range;
  if (typeof options !== "object" && typeof options !== "function") {
    throw new NativeTypeError(
      "Failed to execute 'list' on 'DurableObjectStorage': parameter 1 is not of type 'ListOptions'.",
    );
  }
  const { end, limit, prefix, reverse, start, startAfter } = options;
  range.start = text(start);
  range.startAfter = text(startAfter);
  range.end = text(end);
  range.prefix = text(prefix);
  range.reverse = Boolean(reverse);
  if (range.start !== null && range.startAfter !== null) {
    throw new NativeTypeError("list() cannot be called with both start and startAfter values.");
  }
  if (limit !== undefined) {
    range.limit = limit | 0;
    if (range.limit <= 0) throw new NativeTypeError("List limit must be positive.");
  }
  return range;
}

/** Keys and bytes of values in turn. */
const entries = (handle, range, limit) =>
  internals.deserialize(
    ops.storage_list(handle, range.start, range.startAfter, range.end, range.prefix, range.reverse, limit),
  );

const valueOf = (buffer) => internals.deserialize(new NativeUint8Array(buffer));

class SyncKvStorage {
  #handle;
  #iterator = null;

  constructor(key, handle) {
    if (key !== FROM_STORAGE) throw illegal();
    this.#handle = handle;
  }

  get(key) {
    return get(this.#handle, `${key}`);
  }

  put(key, value) {
    put(this.#handle, `${key}`, value);
  }

  delete(key) {
    return ops.storage_delete(this.#handle, `${key}`);
  }

  list(options = undefined) {
    const iterator = new ListIterator(FROM_STORAGE, this.#handle, rangeOf(options));
    if (this.#iterator !== null) invalidate(this.#iterator);
    this.#iterator = iterator;
    return iterator;
  }
}

let invalidate;

class ListIterator {
  #handle;
  #range;
  #left;
  #page = [];
  #at = 0;
  #state = "open";

  static {
    invalidate = (iterator) => {
      if (iterator.#state === "open") iterator.#state = "invalid";
    };
  }

  constructor(key, handle, range) {
    if (key !== FROM_STORAGE) throw illegal();
    this.#handle = handle;
    this.#range = range;
    this.#left = range.limit ?? Infinity;
    this.#read();
  }

  #read() {
    const limit = this.#left < PAGE ? this.#left : PAGE;
    this.#page = limit === 0 ? [] : entries(this.#handle, this.#range, limit);
    this.#at = 0;
    this.#left -= this.#page.length / 2;
    if (this.#page.length < limit * 2) this.#left = 0;
    if (this.#page.length === 0) return;
    const last = this.#page[this.#page.length - 2];
    if (this.#range.reverse) this.#range.end = last;
    else {
      this.#range.start = null;
      this.#range.startAfter = last;
    }
  }

  next() {
    if (this.#state === "invalid") {
      throw new NativeError(
        "kv.list() iterator was invalidated because a new call to kv.list() was started. Only one kv.list() iterator can exist at a time.",
      );
    }
    if (this.#at >= this.#page.length && this.#left > 0) this.#read();
    if (this.#at >= this.#page.length) {
      this.#state = "done";
      return { done: true, value: undefined };
    }
    const at = this.#at;
    this.#at += 2;
    return { done: false, value: [this.#page[at], valueOf(this.#page[at + 1])] };
  }
}
setPrototypeOf(ListIterator.prototype, iteratorPrototype);

internals.defineClass(SyncKvStorage, "SyncKvStorage");
internals.defineClass(ListIterator, "ListIterator");

internals.objects.values = { get, put, rangeOf, entries, valueOf, createSync: (handle) => new SyncKvStorage(FROM_STORAGE, handle) };
