// FormData (XMLHttpRequest Standard §5): a list of entries, of which each is a string or a File.
const NativeTypeError = TypeError;
const { createFile, isBlob, isFile, view } = internals.blob;
const { apply } = Reflect;
const uncurry = Function.prototype.bind.bind(Function.prototype.call);
const wellFormed = uncurry(String.prototype.toWellFormed);

const illegal = () => new NativeTypeError("Illegal invocation: this member belongs to FormData");

const text = (value) => wellFormed(`${value}`);

function checkCount(given, count, method) {
  if (given >= count) return;
  const kind = count === 2 ? "File or Blob or string" : "string";
  throw new NativeTypeError(`Failed to execute '${method}' on 'FormData': parameter ${count} is not of type '${kind}'.`);
}

// A Blob becomes a File; without a name for it, it is called like its field.
function entryValue(name, value, filename) {
  if (!isBlob(value)) return text(value);
  if (!isFile(value)) return createFile(view(value), value.type, filename === undefined ? name : text(filename));
  if (filename === undefined) return value;
  return createFile(view(value), value.type, text(filename), value.lastModified);
}

let entriesOf;
let isFormData;

class FormData {
  // [name, value, name, value …]
  #list = [];

  static {
    isFormData = (value) => typeof value === "object" && value !== null && #list in value;
    entriesOf = (form) => {
      if (!isFormData(form)) throw illegal();
      return form.#list;
    };
  }

  append(name, value, filename = undefined) {
    const list = entriesOf(this);
    checkCount(arguments.length, 2, "append");
    const key = text(name);
    list[list.length] = key;
    list[list.length] = entryValue(key, value, filename);
  }

  delete(name) {
    const list = entriesOf(this);
    checkCount(arguments.length, 1, "delete");
    removeFrom(list, text(name), 0);
  }

  get(name) {
    const list = entriesOf(this);
    checkCount(arguments.length, 1, "get");
    const key = text(name);
    for (let i = 0; i < list.length; i += 2) if (list[i] === key) return list[i + 1];
    return null;
  }

  getAll(name) {
    const list = entriesOf(this);
    checkCount(arguments.length, 1, "getAll");
    const key = text(name);
    const values = [];
    for (let i = 0; i < list.length; i += 2) if (list[i] === key) values[values.length] = list[i + 1];
    return values;
  }

  has(name) {
    const list = entriesOf(this);
    checkCount(arguments.length, 1, "has");
    const key = text(name);
    for (let i = 0; i < list.length; i += 2) if (list[i] === key) return true;
    return false;
  }

  set(name, value, filename = undefined) {
    const list = entriesOf(this);
    checkCount(arguments.length, 2, "set");
    const key = text(name);
    const entry = entryValue(key, value, filename);
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] !== key) continue;
      list[i + 1] = entry;
      removeFrom(list, key, i + 2);
      return;
    }
    list[list.length] = key;
    list[list.length] = entry;
  }

  entries() {
    return new FormDataIterator(entriesOf(this), PAIRS);
  }

  keys() {
    return new FormDataIterator(entriesOf(this), KEYS);
  }

  values() {
    return new FormDataIterator(entriesOf(this), VALUES);
  }

  forEach(callback, thisArg = undefined) {
    const list = entriesOf(this);
    if (typeof callback !== "function") {
      throw new NativeTypeError("Failed to execute 'forEach' on 'FormData': parameter 1 is not of type 'function'.");
    }
    for (let i = 0; i < list.length; i += 2) apply(callback, thisArg, [list[i + 1], list[i], this]);
  }

  [internals.inspect](depth, inspect) {
    if (!isFormData(this)) return undefined;
    const list = this.#list;
    const count = list.length / 2;
    if (count === 0) return "FormData(0) {}";
    if (depth < 0) return "[FormData]";
    const parts = [];
    for (let i = 0; i < list.length; i += 2) parts[parts.length] = `${inspect(list[i])} => ${inspect(list[i + 1])}`;
    return internals.streams.showParts(`FormData(${count})`, parts);
  }
}

// Removes the entries of a name from an index on, keeping the list itself: iterators look at it.
function removeFrom(list, key, start) {
  let kept = start;
  for (let i = start; i < list.length; i += 2) {
    if (list[i] === key) continue;
    list[kept] = list[i];
    list[kept + 1] = list[i + 1];
    kept += 2;
  }
  list.length = kept;
}

const PAIRS = 0;
const KEYS = 1;
const VALUES = 2;

// The prototype of every built-in iterator.
function IteratorBase() {}
IteratorBase.prototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));

class FormDataIterator extends IteratorBase {
  #list;
  #kind;
  #at = 0;

  constructor(list, kind) {
    super();
    this.#list = list;
    this.#kind = kind;
  }

  next() {
    if (typeof this !== "object" || this === null || !(#list in this)) {
      throw new NativeTypeError("Illegal invocation: this member belongs to an iterator of FormData");
    }
    const list = this.#list;
    const at = this.#at;
    if (at >= list.length) return { value: undefined, done: true };
    this.#at = at + 2;
    const kind = this.#kind;
    const value = kind === PAIRS ? [list[at], list[at + 1]] : kind === KEYS ? list[at] : list[at + 1];
    return { value, done: false };
  }
}

delete FormDataIterator.prototype.constructor;
Object.defineProperty(FormDataIterator.prototype, "next", { enumerable: true });
Object.defineProperty(FormDataIterator.prototype, Symbol.toStringTag, { value: "FormData Iterator", configurable: true });

Object.defineProperty(FormData.prototype, Symbol.iterator, {
  value: FormData.prototype.entries,
  writable: true,
  configurable: true,
});
internals.defineClass(FormData, "FormData");
internals.expose("FormData", FormData);

internals.formdata = {
  FormData,
  isFormData,
  // The entries as [name, value, name, value …]: the form's own array. Values are strings and Files.
  entriesOf,
  // parse and serialize come with parse.js and serialize.js.
};
