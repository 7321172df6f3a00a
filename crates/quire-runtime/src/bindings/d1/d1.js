// D1Database: https://developers.cloudflare.com/d1/worker-api/

const { isArray, from } = Array;
const { isView } = ArrayBuffer;
const { defineProperty } = Object;
const { parse, stringify } = JSON;

const FIRST_PRIMARY = "first-primary";
const FIRST_UNCONSTRAINED = "first-unconstrained";

const failed = (kind, text) => new Error(`${kind}: ${text}`, { cause: new Error(text) });

const isByte = (value) => typeof value === "number" && value >= 0 && value < 256;

/** A value for a parameter, as JSON has it. */
function toParameter(value) {
  const type = typeof value;
  if (type === "number" || value === null) return value;
  if (type === "string") return value.isWellFormed() ? value : value.toWellFormed();
  if (type === "boolean") return value ? 1 : 0;
  if (type === "object") {
    if (isArray(value) && value.every(isByte)) return value;
    if (value instanceof ArrayBuffer) return from(new Uint8Array(value));
    if (isView(value)) return from(value);
  }
  if (type === "symbol") throw new TypeError("Cannot convert a Symbol value to a string");
  throw failed("D1_TYPE_ERROR", `Type '${type}' not supported for value '${value}'`);
}

let bookmarks = 0;

/** A text that sorts behind all earlier ones. */
function nextBookmark() {
  const part = (number) => (number >>> 0).toString(16).padStart(8, "0");
  const now = Date.now();
  bookmarks = (bookmarks + 1) % 0xffff_ffff;
  return `${part(now / 0x1_0000_0000)}-${part(now)}-${part(bookmarks)}-${"0".repeat(32)}`;
}

function asObject(columns, row) {
  const object = {};
  for (let i = 0; i < row.length; i++) {
    // Else it would be the prototype.
    if (columns[i] === "__proto__") defineProperty(object, "__proto__", { value: row[i], writable: true, enumerable: true, configurable: true });
    else object[columns[i]] = row[i];
  }
  return object;
}

const asObjects = ({ meta, columns, rows }) => ({
  success: true,
  meta,
  results: rows.map((row) => asObject(columns, row)),
});

let ask, note;

class D1DatabaseSession {
  #database;
  #bookmark;
  /** Whether it has no bookmark, because all queries go to the primary. */
  #plain;

  constructor(database, bookmark, plain = false) {
    this.#database = database;
    this.#bookmark = bookmark;
    this.#plain = plain;
  }

  static {
    /** The answers to queries as JSON, or a promise of that. `meta`: whether they say what the queries cost. */
    ask = (session, queries, meta) => ops.d1_query(session.#database, stringify(queries), meta);
    /** Notes that the database is another one for the session now, as far as it knows. */
    note = (session) => {
      if (!session.#plain) session.#bookmark = nextBookmark();
    };
  }

  prepare(sql) {
    return new D1PreparedStatement(this, sql);
  }

  async batch(statements) {
    const given = ask(this, statements.map(({ statement, params }) => ({ sql: statement, params })), true);
    return results(this, typeof given === "string" ? given : await given).map(asObjects);
  }

  getBookmark() {
    return this.#bookmark === FIRST_PRIMARY || this.#bookmark === FIRST_UNCONSTRAINED ? null : this.#bookmark;
  }
}

/** The answers to queries, or the text of the error: one of both. */
function read(session, given) {
  const { results, error } = parse(given);
  if (error === undefined) note(session);
  return { results, error };
}

function results(session, given) {
  const { results, error } = read(session, given);
  if (error !== undefined) throw failed("D1_ERROR", error);
  return results;
}

class D1PreparedStatement {
  #session;

  constructor(session, statement, params = []) {
    this.#session = session;
    this.statement = statement;
    this.params = params;
  }

  bind(...values) {
    return new D1PreparedStatement(this.#session, this.statement, values.map(toParameter));
  }

  /** The answer as JSON, or a promise of that. Few functions here are asynchronous: each costs as much as a small query. */
  #ask(meta) {
    return ask(this.#session, [{ sql: this.statement, params: this.params }], meta);
  }

  #answer(given) {
    return results(this.#session, given)[0];
  }

  async first(column = undefined) {
    const given = this.#ask(false);
    const { columns, rows } = this.#answer(typeof given === "string" ? given : await given);
    if (rows.length === 0) return null;
    const first = asObject(columns, rows[0]);
    if (column === undefined) return first;
    const value = first[column];
    if (value === undefined) {
      throw new Error(`D1_COLUMN_NOTFOUND: Column not found (${column})`, { cause: new Error("Column not found") });
    }
    return value;
  }

  async run() {
    const given = this.#ask(true);
    return asObjects(this.#answer(typeof given === "string" ? given : await given));
  }

  async all() {
    const given = this.#ask(true);
    return asObjects(this.#answer(typeof given === "string" ? given : await given));
  }

  async raw(options = undefined) {
    const given = this.#ask(false);
    const { columns, rows } = this.#answer(typeof given === "string" ? given : await given);
    return options?.columnNames ? [columns, ...rows] : rows;
  }
}

let idOf;

class D1Database {
  #id;
  #number;
  #session;

  static {
    idOf = (database) => database.#id;
  }

  constructor(id) {
    this.#id = id;
    this.#number = ops.d1_open(id);
    this.#session = new D1DatabaseSession(this.#number, null, true);
  }

  prepare(sql) {
    return this.#session.prepare(sql);
  }

  async batch(statements) {
    return this.#session.batch(statements);
  }

  async exec(sql) {
    const lines = sql.trim().split("\n");
    const given = ask(this.#session, lines.map((line) => ({ sql: line })), true);
    const { results, error } = read(this.#session, typeof given === "string" ? given : await given);
    if (error !== undefined) throw failed("D1_EXEC_ERROR", `Error in line 1: ${lines[0]}: ${error}`);
    return { count: results.length, duration: results.reduce((sum, { meta }) => sum + meta.duration, 0) };
  }

  withSession(constraintOrBookmark = undefined) {
    const asked = constraintOrBookmark?.trim();
    return new D1DatabaseSession(this.#number, asked || FIRST_UNCONSTRAINED);
  }

  async query() {
    throw new Error(
      "D1_ERROR: D1Database.query() requires the d1_binding_jsrpc compatibility flag. Enable d1_binding_jsrpc before calling query().",
    );
  }

  async dump() {
    throw new Error("D1_DUMP_ERROR: Status + 404", { cause: new Error("Status 404") });
  }
}

defineProperty(D1Database.prototype, Symbol.toStringTag, { value: "WrappedBinding", configurable: true });
for (const Class of [D1Database, D1DatabaseSession, D1PreparedStatement]) {
  internals.structuredClone.register(Class, () => {
    const message = `Could not serialize object of type "${Class.name}". This type does not support serialization.`;
    throw internals.domException("DataCloneError", message);
  });
}

const create = ({ id }) => new D1Database(id);

internals.bindings.define("d1", create);
// `internals.pack` is there when programs are loaded.
internals.beforeProgram(() => {
  internals.pack.defineBinding("d1", create, D1Database, (database) => ({ kind: "d1", id: idOf(database) }));
});
