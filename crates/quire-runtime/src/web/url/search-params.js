// URLSearchParams and application/x-www-form-urlencoded (URL Standard §5, §6).
const NativeTypeError = TypeError;
const decodeComponent = decodeURIComponent;
const encodeComponent = encodeURIComponent;
const { ownKeys, getOwnPropertyDescriptor } = Reflect;

const usv = (value) => `${value}`.toWellFormed();

// A list of pairs is one flat array: [name, value, name, value, ...].

function decode(text) {
  if (text.includes("+")) text = text.replaceAll("+", " ");
  if (!text.includes("%")) return text;
  try {
    return decodeComponent(text);
  } catch {
    // A lone percent sign, or bytes that are not UTF-8.
    return ops.url_percent_decode(text);
  }
}

function parse(text) {
  const list = [];
  let start = 0;
  while (start <= text.length) {
    let end = text.indexOf("&", start);
    if (end === -1) end = text.length;
    if (end > start) {
      const equals = text.indexOf("=", start);
      if (equals === -1 || equals >= end) {
        list[list.length] = decode(text.slice(start, end));
        list[list.length] = "";
      } else {
        list[list.length] = decode(text.slice(start, equals));
        list[list.length] = decode(text.slice(equals + 1, end));
      }
    }
    start = end + 1;
  }
  return list;
}

const plain = /^[A-Za-z0-9*\-._]*$/;
const leftover = /[!'()~]|%20/g;
const replacements = { __proto__: null, "!": "%21", "'": "%27", "(": "%28", ")": "%29", "~": "%7E", "%20": "+" };

function encode(text) {
  if (plain.test(text)) return text;
  return encodeComponent(text).replace(leftover, (found) => replacements[found]);
}

function serialize(list) {
  let text = "";
  for (let i = 0; i < list.length; i += 2) {
    if (i > 0) text += "&";
    text += `${encode(list[i])}=${encode(list[i + 1])}`;
  }
  return text;
}

function fromIterable(pairs) {
  const list = [];
  for (const pair of pairs) {
    if ((typeof pair !== "object" && typeof pair !== "function") || pair === null || typeof pair[Symbol.iterator] !== "function") {
      throw new NativeTypeError("Failed to construct 'URLSearchParams': every member of the sequence must be a pair");
    }
    const members = [...pair];
    if (members.length !== 2) {
      throw new NativeTypeError("Failed to construct 'URLSearchParams': a pair must have exactly two members");
    }
    list.push(usv(members[0]), usv(members[1]));
  }
  return list;
}

function fromRecord(record) {
  const map = new Map();
  for (const key of ownKeys(record)) {
    const property = getOwnPropertyDescriptor(record, key);
    // Symbols are passed over, as the Workers runtime does; the standard would refuse them.
    if (typeof key === "symbol" || property === undefined || !property.enumerable) continue;
    map.set(usv(key), usv(record[key]));
  }
  const list = [];
  for (const [name, value] of map) list.push(name, value);
  return list;
}

// By UTF-16 code units, as the standard says; the built-in comparison of strings does just that.
function sortPairs(list) {
  const pairs = [];
  for (let i = 0; i < list.length; i += 2) pairs[i / 2] = [list[i], list[i + 1]];
  pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  const sorted = [];
  for (let i = 0; i < pairs.length; i++) sorted.push(pairs[i][0], pairs[i][1]);
  return sorted;
}

let of;
let isURLSearchParams;
let attach;
let replaceList;
let listOf;

class URLSearchParams {
  #list;
  // Tells the URL whose query this is; null for parameters on their own.
  #changed = null;

  static {
    isURLSearchParams = (value) => value !== null && typeof value === "object" && #list in value;
    of = (value) => {
      if (!isURLSearchParams(value)) {
        throw new NativeTypeError("Illegal invocation: this member belongs to URLSearchParams");
      }
      return value;
    };
    attach = (query, changed) => {
      const params = new URLSearchParams();
      params.#list = parse(query);
      params.#changed = changed;
      return params;
    };
    replaceList = (params, query) => {
      params.#list = parse(query);
    };
    listOf = (params) => params.#list;
  }

  constructor(init = undefined) {
    if (init === undefined) {
      this.#list = [];
    } else if (typeof init === "string") {
      const text = init.toWellFormed();
      this.#list = parse(text.startsWith("?") ? text.slice(1) : text);
    } else if (init !== null && (typeof init === "object" || typeof init === "function")) {
      const iterator = init[Symbol.iterator];
      if (iterator === undefined || iterator === null) {
        this.#list = fromRecord(init);
      } else {
        if (typeof iterator !== "function") {
          throw new NativeTypeError("Failed to construct 'URLSearchParams': the argument is not iterable");
        }
        this.#list = fromIterable(init);
      }
    } else {
      const text = usv(init);
      this.#list = parse(text.startsWith("?") ? text.slice(1) : text);
    }
  }

  #update() {
    if (this.#changed !== null) this.#changed(serialize(this.#list));
  }

  get size() {
    return of(this).#list.length / 2;
  }

  append(name, value) {
    of(this);
    if (arguments.length < 2) throw new NativeTypeError("append(): two arguments are required");
    const list = this.#list;
    const n = usv(name);
    const v = usv(value);
    list.push(n, v);
    this.#update();
  }

  delete(name, value = undefined) {
    of(this);
    if (arguments.length < 1) throw new NativeTypeError("delete(): the name is missing");
    const n = usv(name);
    const v = value === undefined ? undefined : usv(value);
    const list = this.#list;
    let kept = 0;
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === n && (v === undefined || list[i + 1] === v)) continue;
      list[kept] = list[i];
      list[kept + 1] = list[i + 1];
      kept += 2;
    }
    list.length = kept;
    this.#update();
  }

  get(name) {
    of(this);
    if (arguments.length < 1) throw new NativeTypeError("get(): the name is missing");
    const n = usv(name);
    const list = this.#list;
    for (let i = 0; i < list.length; i += 2) if (list[i] === n) return list[i + 1];
    return null;
  }

  getAll(name) {
    of(this);
    if (arguments.length < 1) throw new NativeTypeError("getAll(): the name is missing");
    const n = usv(name);
    const list = this.#list;
    const values = [];
    for (let i = 0; i < list.length; i += 2) if (list[i] === n) values[values.length] = list[i + 1];
    return values;
  }

  has(name, value = undefined) {
    of(this);
    if (arguments.length < 1) throw new NativeTypeError("has(): the name is missing");
    const n = usv(name);
    const v = value === undefined ? undefined : usv(value);
    const list = this.#list;
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === n && (v === undefined || list[i + 1] === v)) return true;
    }
    return false;
  }

  set(name, value) {
    of(this);
    if (arguments.length < 2) throw new NativeTypeError("set(): two arguments are required");
    const n = usv(name);
    const v = usv(value);
    const list = this.#list;
    let kept = 0;
    let found = false;
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === n) {
        if (found) continue;
        found = true;
        list[i + 1] = v;
      }
      list[kept] = list[i];
      list[kept + 1] = list[i + 1];
      kept += 2;
    }
    list.length = kept;
    if (!found) list.push(n, v);
    this.#update();
  }

  sort() {
    of(this).#list = sortPairs(this.#list);
    this.#update();
  }

  forEach(callback, thisArg = undefined) {
    of(this);
    if (typeof callback !== "function") throw new NativeTypeError("forEach(): the callback must be a function");
    for (let i = 0; i < this.#list.length; i += 2) {
      Reflect.apply(callback, thisArg, [this.#list[i + 1], this.#list[i], this]);
    }
  }

  entries() {
    return new Pairs(of(this), "entries");
  }
  keys() {
    return new Pairs(of(this), "keys");
  }
  values() {
    return new Pairs(of(this), "values");
  }
  toString() {
    return serialize(of(this).#list);
  }

  [internals.inspect](depth, inspect) {
    const list = of(this).#list;
    if (depth < 0) return "[URLSearchParams]";
    const parts = [];
    for (let i = 0; i < list.length; i += 2) parts.push(`${inspect(list[i])} => ${inspect(list[i + 1])}`);
    return parts.length === 0 ? "URLSearchParams(0) {}" : `URLSearchParams(${parts.length}) { ${parts.join(", ")} }`;
  }
}

class Pairs {
  #params;
  #kind;
  #index = 0;

  constructor(params, kind) {
    this.#params = params;
    this.#kind = kind;
  }

  next() {
    if (this === null || typeof this !== "object" || !(#params in this)) {
      throw new NativeTypeError("Illegal invocation: this member belongs to URLSearchParams Iterator");
    }
    // The list is looked at anew each time: it may have changed since the last step.
    const list = listOf(this.#params);
    const i = this.#index;
    if (i >= list.length) return { value: undefined, done: true };
    this.#index = i + 2;
    const kind = this.#kind;
    return { value: kind === "keys" ? list[i] : kind === "values" ? list[i + 1] : [list[i], list[i + 1]], done: false };
  }
}
const iteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
Object.setPrototypeOf(Pairs.prototype, iteratorPrototype);
Object.defineProperties(Pairs.prototype, {
  next: { enumerable: true },
  [Symbol.toStringTag]: { value: "URLSearchParams Iterator", configurable: true },
});
delete Pairs.prototype.constructor;

internals.defineClass(URLSearchParams, "URLSearchParams");
Object.defineProperty(URLSearchParams.prototype, Symbol.iterator, {
  value: URLSearchParams.prototype.entries,
  writable: true,
  configurable: true,
});
internals.expose("URLSearchParams", URLSearchParams);

function pairsOf(list) {
  const pairs = [];
  for (let i = 0; i < list.length; i += 2) pairs[i / 2] = [list[i], list[i + 1]];
  return pairs;
}

internals.url = {
  // "a=1&b" → [["a", "1"], ["b", ""]]
  parseUrlEncoded: (text) => pairsOf(parse(text)),
  // The pairs hold well-formed strings.
  serializeUrlEncoded: (pairs) => serialize(pairs.flat()),
  isURLSearchParams,
  searchParamsString: (params) => serialize(listOf(of(params))),
  attachSearchParams: attach,
  replaceSearchParams: replaceList,
};
