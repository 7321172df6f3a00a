// `ctx.storage.sql`: https://developers.cloudflare.com/durable-objects/api/sqlite-storage-api/
//
// A statement runs to its end at once; the cursor walks over rows that are there.

const NativeError = Error;
const NativeTypeError = TypeError;
const { apply, getPrototypeOf, setPrototypeOf } = Reflect;
const { isView } = ArrayBuffer;
const iteratorPrototype = getPrototypeOf(getPrototypeOf([][Symbol.iterator]()));
const FROM_STORAGE = Symbol("from storage");

const illegal = () => new NativeTypeError("Illegal constructor");

// What is given to native code for a parameter.
function parameter(value) {
  switch (typeof value) {
    case "undefined":
      return null;
    case "string":
    case "number":
      return value;
    case "bigint":
      throw new NativeTypeError("Cannot convert a BigInt value to a number");
    case "symbol":
      throw new NativeTypeError("Cannot convert a Symbol value to a string");
    case "object":
      if (value === null || isView(value) || internals.structuredClone.parts.isBuffer(value)) return value;
    // fall through
    default:
      return `${value}`;
  }
}

let rowOf;

class Cursor {
  #columns;
  #rows;
  #at = 0;
  #read;
  #written;
  #isTruncated;

  static {
    // The next row as it came, or undefined.
    rowOf = (cursor) => {
      if (cursor.#at >= cursor.#rows.length) {
        if (cursor.#isTruncated) throw new NativeError("The rows of the query take more than 64 MB; ask for fewer with LIMIT.");
        return undefined;
      }
      const row = cursor.#rows[cursor.#at];
      // Nobody can go back to it.
      cursor.#rows[cursor.#at++] = undefined;
      return row;
    };
  }

  constructor(key, result) {
    if (key !== FROM_STORAGE) throw illegal();
    this.#columns = result[0];
    this.#rows = result[1];
    this.#read = result[2];
    this.#written = result[3];
    this.#isTruncated = result[4];
  }

  #object(row) {
    const object = {};
    const columns = this.#columns;
    for (let i = 0; i < columns.length; i++) internals.structuredClone.parts.put(object, columns[i], row[i]);
    return object;
  }

  next() {
    const row = rowOf(this);
    return row === undefined ? { done: true, value: undefined } : { done: false, value: this.#object(row) };
  }

  toArray() {
    const rows = [];
    for (let row = rowOf(this); row !== undefined; row = rowOf(this)) rows[rows.length] = this.#object(row);
    return rows;
  }

  one() {
    const row = rowOf(this);
    if (row === undefined) throw new NativeError("Expected exactly one result from SQL query, but got no results.");
    if (this.#at < this.#rows.length) {
      this.#at = this.#rows.length;
      this.#isTruncated = false;
      throw new NativeError("Expected exactly one result from SQL query, but got multiple results.");
    }
    return this.#object(row);
  }

  raw() {
    return new RawIterator(FROM_STORAGE, this);
  }

  get columnNames() {
    return [...this.#columns];
  }

  get rowsRead() {
    return this.#read;
  }

  get rowsWritten() {
    return this.#written;
  }

  [Symbol.iterator]() {
    return new RowIterator(FROM_STORAGE, this);
  }
}

class RowIterator {
  #cursor;
  constructor(key, cursor) {
    if (key !== FROM_STORAGE) throw illegal();
    this.#cursor = cursor;
  }
  next() {
    return this.#cursor.next();
  }
}

class RawIterator {
  #cursor;
  constructor(key, cursor) {
    if (key !== FROM_STORAGE) throw illegal();
    this.#cursor = cursor;
  }
  next() {
    const row = rowOf(this.#cursor);
    return row === undefined ? { done: true, value: undefined } : { done: false, value: row };
  }
  toArray() {
    const rows = [];
    for (let row = rowOf(this.#cursor); row !== undefined; row = rowOf(this.#cursor)) rows[rows.length] = row;
    return rows;
  }
}
for (const Class of [RowIterator, RawIterator]) setPrototypeOf(Class.prototype, iteratorPrototype);

class SqlStorage {
  #handle;

  constructor(key, handle) {
    if (key !== FROM_STORAGE) throw illegal();
    this.#handle = handle;
  }

  exec(query, ...values) {
    if (arguments.length === 0) {
      throw new NativeTypeError("Failed to execute 'exec' on 'SqlStorage': parameter 1 is not of type 'String'.");
    }
    for (let i = 0; i < values.length; i++) values[i] = parameter(values[i]);
    return new Cursor(FROM_STORAGE, internals.deserialize(apply(ops.storage_sql, undefined, [this.#handle, `${query}`, ...values])));
  }

  get databaseSize() {
    return ops.storage_size(this.#handle);
  }

  get Cursor() {
    return Cursor;
  }
}

internals.defineClass(SqlStorage, "SqlStorage");
internals.defineClass(Cursor, "Cursor");
internals.defineClass(RowIterator, "RowIterator");
internals.defineClass(RawIterator, "RawIterator");

internals.objects ??= {};
internals.objects.sql = (handle) => new SqlStorage(FROM_STORAGE, handle);
