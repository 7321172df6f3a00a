// Headers: https://fetch.spec.whatwg.org/#headers-class, with the rules of Workers: the only guard is
// "immutable", no name is forbidden, `getAll` reads Set-Cookie.
//
// A list of headers is a flat array of lower-case name and value in turn, in the order of arrival.

const { apply, ownKeys, getOwnPropertyDescriptor } = Reflect;
const { test: regExpTest } = RegExp.prototype;
const { toLowerCase, replace: replaceText, charCodeAt } = String.prototype;
const { isArray } = Array;
const { iterator: iteratorSymbol } = Symbol;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]*$/;
const INVALID_VALUE = /[\0\r\n]/;
const OUTER_WHITESPACE = /^[\t\n\r ]+|[\t\n\r ]+$/g;
const LONE_SURROGATES = /[\ud800-\udfff]/;

/** Names that were valid once, to their lower-case form; bounded, because programs make names up. */
const KNOWN_NAMES_MAX = 500;
const knownNames = new Map();

function normaliseName(name) {
  name = `${name}`;
  const known = knownNames.get(name);
  if (known !== undefined) return known;
  if (!apply(regExpTest, TOKEN, [name])) throw new TypeError("Invalid header name.");
  const lower = apply(toLowerCase, name, []);
  if (knownNames.size < KNOWN_NAMES_MAX) knownNames.set(name, lower);
  return lower;
}

function isWhitespace(code) {
  return code === 32 || code === 9 || code === 10 || code === 13;
}

/** Values up to this length are looked at here before any pattern is: most of them are short, and nothing but visible ASCII. */
const SHORT_MAX = 64;

function isPlain(value) {
  const { length } = value;
  if (length > SHORT_MAX) return false;
  for (let i = 0; i < length; i++) {
    // Not by `apply`: the engine would make an array for each.
    const code = charCodeAt.call(value, i);
    if (code > 32 && code < 127) continue;
    if (code !== 32 || i === 0 || i === length - 1) return false;
  }
  return true;
}

function normaliseValue(value) {
  value = `${value}`;
  const { length } = value;
  if (length === 0 || isPlain(value)) return value;
  if (isWhitespace(apply(charCodeAt, value, [0])) || isWhitespace(apply(charCodeAt, value, [length - 1]))) {
    value = apply(replaceText, value, [OUTER_WHITESPACE, ""]);
  }
  if (apply(regExpTest, INVALID_VALUE, [value])) throw new TypeError("Invalid header value.");
  if (apply(regExpTest, LONE_SURROGATES, [value])) value = value.toWellFormed();
  return value;
}

function listGet(list, name) {
  let found = null;
  for (let i = 0; i < list.length; i += 2) {
    if (list[i] === name) found = found === null ? list[i + 1] : `${found}, ${list[i + 1]}`;
  }
  return found;
}

function listHas(list, name) {
  for (let i = 0; i < list.length; i += 2) if (list[i] === name) return true;
  return false;
}

function listDelete(list, name) {
  let kept = 0;
  for (let i = 0; i < list.length; i += 2) {
    if (list[i] === name) continue;
    list[kept] = list[i];
    list[kept + 1] = list[i + 1];
    kept += 2;
  }
  list.length = kept;
}

function listSet(list, name, value) {
  for (let i = 0; i < list.length; i += 2) {
    if (list[i] !== name) continue;
    list[i + 1] = value;
    let kept = i + 2;
    for (let j = i + 2; j < list.length; j += 2) {
      if (list[j] === name) continue;
      list[kept] = list[j];
      list[kept + 1] = list[j + 1];
      kept += 2;
    }
    list.length = kept;
    return;
  }
  list.push(name, value);
}

/** Sorted by name, values of one name combined; each Set-Cookie on its own, but not for programs of old. */
function sortAndCombine(list) {
  const names = new Set();
  for (let i = 0; i < list.length; i += 2) names.add(list[i]);
  const entries = [];
  for (const name of [...names].sort()) {
    if (name === "set-cookie" && internals.compatibility.http_headers_getsetcookie) {
      for (let i = 0; i < list.length; i += 2) if (list[i] === name) entries.push([name, list[i + 1]]);
    } else {
      entries.push([name, listGet(list, name)]);
    }
  }
  return entries;
}

function cookiesOf(list) {
  const values = [];
  for (let i = 0; i < list.length; i += 2) if (list[i] === "set-cookie") values.push(list[i + 1]);
  return values;
}

const IteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][iteratorSymbol]()));

class HeadersIterator {
  #entries;
  #kind;
  #position = 0;

  constructor(entries, kind) {
    this.#entries = entries;
    this.#kind = kind;
  }

  next() {
    if (typeof this !== "object" || this === null || !(#entries in this)) throw illegalInvocation();
    if (this.#position >= this.#entries.length) return { value: undefined, done: true };
    const entry = this.#entries[this.#position++];
    const value = this.#kind === "entries" ? entry : entry[this.#kind === "keys" ? 0 : 1];
    return { value, done: false };
  }
}
delete HeadersIterator.prototype.constructor;
Object.setPrototypeOf(HeadersIterator.prototype, IteratorPrototype);
Object.defineProperty(HeadersIterator.prototype, "next", { enumerable: true });
Object.defineProperty(HeadersIterator.prototype, Symbol.toStringTag, {
  value: "Headers Iterator",
  configurable: true,
});

function illegalInvocation() {
  return new TypeError(
    "Illegal invocation: function called with incorrect `this` reference. See https://developers.cloudflare.com/workers/observability/errors/#illegal-invocation-errors for details.",
  );
}

const FROM_LIST = Symbol("from list");
let createHeaders, headersList, isHeaders, isImmutable;

class Headers {
  #list;
  #immutable = false;

  static {
    isHeaders = (value) => typeof value === "object" && value !== null && #list in value;
    headersList = (headers) => headers.#list;
    createHeaders = (list, immutable) => new Headers(FROM_LIST, list, immutable);
    isImmutable = (headers) => headers.#immutable;
  }

  constructor(init = undefined, list = undefined, immutable = undefined) {
    if (init === FROM_LIST) {
      this.#list = list;
      this.#immutable = immutable;
      return;
    }
    this.#list = [];
    if (init !== undefined) fill(this.#list, init);
  }

  #checkMutable() {
    if (this.#immutable) throw new TypeError("Can't modify immutable headers.");
  }

  static #of(headers) {
    if (!isHeaders(headers)) throw illegalInvocation();
    return headers;
  }

  get(name) {
    const headers = Headers.#of(this);
    requireArguments(arguments, 1, "get");
    return listGet(headers.#list, normaliseName(name));
  }

  getAll(name) {
    const headers = Headers.#of(this);
    requireArguments(arguments, 1, "getAll");
    if (normaliseName(name) !== "set-cookie") {
      throw new TypeError('getAll() can only be used with the header name "Set-Cookie".');
    }
    return cookiesOf(headers.#list);
  }

  getSetCookie() {
    return cookiesOf(Headers.#of(this).#list);
  }

  has(name) {
    const headers = Headers.#of(this);
    requireArguments(arguments, 1, "has");
    return listHas(headers.#list, normaliseName(name));
  }

  set(name, value) {
    const headers = Headers.#of(this);
    requireArguments(arguments, 2, "set");
    headers.#checkMutable();
    listSet(headers.#list, normaliseName(name), normaliseValue(value));
  }

  append(name, value) {
    const headers = Headers.#of(this);
    requireArguments(arguments, 2, "append");
    headers.#checkMutable();
    headers.#list.push(normaliseName(name), normaliseValue(value));
  }

  delete(name) {
    const headers = Headers.#of(this);
    requireArguments(arguments, 1, "delete");
    headers.#checkMutable();
    listDelete(headers.#list, normaliseName(name));
  }

  forEach(callback, thisArgument = undefined) {
    const headers = Headers.#of(this);
    if (typeof callback !== "function") {
      throw new TypeError("Failed to execute 'forEach' on 'Headers': parameter 1 is not of type 'function'.");
    }
    for (const [name, value] of sortAndCombine(headers.#list)) {
      apply(callback, thisArgument, [value, name, headers]);
    }
  }

  entries() {
    return new HeadersIterator(sortAndCombine(Headers.#of(this).#list), "entries");
  }

  keys() {
    return new HeadersIterator(sortAndCombine(Headers.#of(this).#list), "keys");
  }

  values() {
    return new HeadersIterator(sortAndCombine(Headers.#of(this).#list), "values");
  }

  [internals.inspect](depth, inspect) {
    if (!isHeaders(this)) return undefined;
    if (depth < 0) return "[Headers]";
    const entries = sortAndCombine(this.#list);
    const parts = entries.map(([name, value]) => `${inspect(name)} => ${inspect(value)}`);
    parts.push(`[immutable]: ${this.#immutable}`);
    return internals.streams.showParts(`Headers(${entries.length})`, parts);
  }
}

const ownIterator = Headers.prototype.entries;
Object.defineProperty(Headers.prototype, iteratorSymbol, {
  value: ownIterator,
  writable: true,
  configurable: true,
});

function requireArguments(given, count, method) {
  if (given.length < count) {
    throw new TypeError(`Failed to execute '${method}' on 'Headers': parameter ${given.length + 1} is not of type 'string'.`);
  }
}

/** Appends what a `HeadersInit` holds: headers, a sequence of pairs, or a record. */
function fill(list, init) {
  if (isHeaders(init) && init[iteratorSymbol] === ownIterator) {
    const source = headersList(init);
    for (let i = 0; i < source.length; i++) list.push(source[i]);
    return;
  }
  if ((typeof init !== "object" && typeof init !== "function") || init === null) {
    throw new TypeError("Failed to construct 'Headers': constructor parameter 1 is not of type 'Headers or Sequence or object'.");
  }
  const method = init[iteratorSymbol];
  if (method === undefined || method === null) {
    for (const key of ownKeys(init)) {
      // The original leaves symbols out; the standard refuses them.
      if (typeof key === "symbol") continue;
      const descriptor = getOwnPropertyDescriptor(init, key);
      if (descriptor === undefined || !descriptor.enumerable) continue;
      list.push(normaliseName(key), normaliseValue(init[key]));
    }
    return;
  }
  for (const entry of { [iteratorSymbol]: () => apply(method, init, []) }) {
    const pair = isArray(entry) ? entry : typeof entry === "object" && entry !== null ? [...entry] : null;
    if (pair === null || pair.length !== 2) {
      throw new TypeError("To initialize a Headers object from a sequence, each inner sequence must have exactly two elements.");
    }
    list.push(normaliseName(pair[0]), normaliseValue(pair[1]));
  }
}

internals.defineClass(Headers, "Headers");
internals.structuredClone.register(Headers, (headers) => internals.headers.copy(headers), {
  name: "Headers",
  write: (headers) => [...headers],
  read: (pairs) => new Headers(pairs),
});
internals.expose("Headers", Headers);
internals.headers = {
  /** A `Headers` object over a list, which it takes over. */
  create: createHeaders,
  /** The list of a `Headers` object. */
  list: headersList,
  isHeaders,
  /** A copy, as immutable as the original. */
  copy: (headers) => createHeaders(headersList(headers).slice(), isImmutable(headers)),
  /** Appends what a `HeadersInit` holds to a list. */
  fill,
  get: listGet,
  has: listHas,
  set: listSet,
  delete: listDelete,
};
internals.illegalInvocation = illegalInvocation;
