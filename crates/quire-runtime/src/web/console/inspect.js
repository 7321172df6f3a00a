// Any value as text, in the form that Node's util.inspect made common.
const { primitives, isError, stackText, layOut, LINE_WIDTH, LEVELS_ON_A_LINE } = internals.console;
const { quote, number, string, symbol, propertyName } = primitives;
const { apply, getPrototypeOf, ownKeys, getOwnPropertyDescriptor } = Reflect;
const ITEMS_MAX = 100;
const nodeInspect = Symbol.for("nodejs.util.inspect.custom");

const getter = (prototype, name) => Object.getOwnPropertyDescriptor(prototype, name).get;
const mapSize = getter(Map.prototype, "size");
const mapForEach = Map.prototype.forEach;
const setSize = getter(Set.prototype, "size");
const setForEach = Set.prototype.forEach;
const TypedArray = getPrototypeOf(Uint8Array);
const typedArrayTag = getter(TypedArray.prototype, Symbol.toStringTag);
const bufferLength = getter(ArrayBuffer.prototype, "byteLength");
const sharedLength = typeof SharedArrayBuffer === "function" ? getter(SharedArrayBuffer.prototype, "byteLength") : () => { throw new TypeError(); };
const dateTime = Date.prototype.getTime;
const dateText = Date.prototype.toISOString;
const regExpSource = getter(RegExp.prototype, "source");
const regExpText = RegExp.prototype.toString;
const functionText = Function.prototype.toString;
const toTag = Object.prototype.toString;
const hasOwn = Object.hasOwn;
const boxes = [
  [Number, Number.prototype.valueOf, number],
  [String, String.prototype.valueOf, quote],
  [Boolean, Boolean.prototype.valueOf, String],
  [BigInt, BigInt.prototype.valueOf, (value) => `${value}n`],
  [Symbol, Symbol.prototype.valueOf, symbol],
];
const NativeArrayBuffer = ArrayBuffer;
const NativeSharedArrayBuffer = globalThis.SharedArrayBuffer ?? class {};
const [NativeMap, NativeSet, NativeDate, NativeRegExp] = [Map, Set, Date, RegExp];

// What a built-in's method gives for this receiver, or undefined if it does not take it: the proof that the object is what
// its prototype says.
function attempt(Class, method, receiver) {
  // Most objects are none of these, and a thrown error is dear.
  if (!(receiver instanceof Class)) return undefined;
  try {
    return apply(method, receiver, []);
  } catch {
    return undefined;
  }
}

// The name of the class; null for objects without one, such as Object.create(null).
function classOf(object) {
  const first = object;
  for (let level = object; level !== null; level = getPrototypeOf(level)) {
    const own = getOwnPropertyDescriptor(level, "constructor");
    if (own !== undefined && typeof own.value === "function" && typeof own.value.name === "string" && own.value.name !== "") {
      const { prototype } = own.value;
      for (let above = getPrototypeOf(first); above !== null; above = getPrototypeOf(above)) {
        if (above === prototype) return own.value.name;
      }
    }
  }
  return null;
}

function tagOf(object, className) {
  let tag;
  try {
    tag = object[Symbol.toStringTag];
  } catch {
    return "";
  }
  if (typeof tag !== "string" || tag === "" || tag === className) return "";
  // An own property is listed among the others.
  return getOwnPropertyDescriptor(object, Symbol.toStringTag)?.enumerable ? "" : tag;
}

// "Map(2) ", "Foo [tag] ", "[Object: null prototype] "
function prefix(className, tag, fallback, size = "") {
  const shownTag = tag !== "" && tag !== fallback ? `[${tag}] ` : "";
  if (className === null) return `[${fallback}${size}: null prototype] ${shownTag}`;
  return `${className}${size} ${tag === "" ? "" : `[${tag}] `}`;
}

const bracketed = (text) => (text.startsWith("[") ? text : `[${text}]`);

const isIndex = (key) => typeof key === "string" && /^(?:0|[1-9]\d{0,9})$/.test(key) && Number(key) < 4294967295;

// Arrays above this length are shown without properties that are no elements: finding these takes a string for each element.
const INDICES_MAX = 100_000;

// Enumerable own keys; those of arrays' elements left out.
function keysOf(object, skipIndices) {
  const keys = [];
  // The language lists no other keys than all of them.
  if (skipIndices && object.length > INDICES_MAX) return keys;
  for (const key of ownKeys(object)) {
    if (skipIndices && isIndex(key)) continue;
    if (getOwnPropertyDescriptor(object, key)?.enumerable) keys.push(key);
  }
  return keys;
}

function functionBase(value, className, tag) {
  const source = apply(functionText, value, []);
  if (source.startsWith("class") && source.endsWith("}")) {
    const name = hasOwn(value, "name") && value.name !== "" ? String(value.name) : "(anonymous)";
    let base = `class ${name}`;
    if (className !== "Function" && className !== null) base += ` [${className}]`;
    if (tag !== "") base += ` [${tag}]`;
    const parent = getPrototypeOf(value);
    if (className === null) base += " extends null";
    else if (typeof parent?.name === "string" && parent.name !== "") base += ` extends ${parent.name}`;
    return `[${base}]`;
  }
  const kind = apply(toTag, value, []).slice(8, -1);
  const type = /^(?:Async)?(?:Generator)?Function$/.test(kind) ? kind : "Function";
  let base = `[${type}`;
  if (className === null) base += " (null prototype)";
  base += typeof value.name !== "string" || value.name === "" ? " (anonymous)" : `: ${value.name}`;
  base += "]";
  if (className !== type && className !== null) base += ` ${className}`;
  if (tag !== "" && tag !== type) base += ` [${tag}]`;
  return base;
}

class Inspector {
  #depth;
  #compact;
  #lineWidth;
  #itemsMax;
  #sorted;
  #options;
  #level = 0;
  #indentation = 0;
  // The objects that enclose the one at hand, and those among them that were met again inside.
  #enclosing = [];
  #circular = new Map();

  constructor(options) {
    const { depth = 2, compact = LEVELS_ON_A_LINE, breakLength = LINE_WIDTH, maxArrayLength = ITEMS_MAX, sorted = false } = options;
    const unlimited = (value) => (value === null ? Infinity : Number(value));
    this.#depth = depth === null ? Infinity : typeof depth === "number" ? depth : 2;
    this.#compact = compact === true ? Infinity : Number(compact);
    this.#lineWidth = breakLength;
    this.#itemsMax = Math.max(unlimited(maxArrayLength), 0);
    this.#sorted = sorted;
    this.#options = options;
  }

  // `level`: how many objects enclose the value.
  value(value, level, isArrayItem = false) {
    switch (typeof value) {
      case "string":
        return string(value, this.#lineWidth - this.#indentation, this.#indentation);
      case "number":
        return number(value);
      case "bigint":
        return `${value}n`;
      case "symbol":
        return symbol(value);
      case "undefined":
      case "boolean":
        return String(value);
    }
    if (value === null) return "null";
    const custom = this.#custom(value, level);
    if (custom !== undefined) return custom;
    if (this.#enclosing.includes(value)) {
      if (!this.#circular.has(value)) this.#circular.set(value, this.#circular.size + 1);
      return `[Circular *${this.#circular.get(value)}]`;
    }
    return this.#object(value, level);
  }

  // The class's own form, where it has one.
  #custom(value, level) {
    let form = value[internals.inspect];
    const depth = this.#depth - level;
    const nested = (inner, options) => this.#nested(inner, level, options);
    let shown;
    if (typeof form === "function") {
      // Class.prototype has the method but is no instance.
      shown = internals.isPlatformObject?.(getPrototypeOf(value)) ? apply(form, value, [depth, nested]) : undefined;
      if (shown === undefined) return undefined;
    } else {
      form = value[nodeInspect];
      if (typeof form !== "function" || value.constructor?.prototype === value) return undefined;
      shown = apply(form, value, [depth, { ...this.#options, depth }, nested]);
    }
    if (typeof shown !== "string") return shown === value ? undefined : this.value(shown, level);
    return shown.replaceAll("\n", `\n${" ".repeat(this.#indentation)}`);
  }

  // What custom forms call for their parts.
  #nested(value, level, options) {
    if (options?.depth !== undefined) return inspect(value, options);
    const outer = this.#level;
    // The result is indented as a whole by the caller.
    const indentation = this.#indentation;
    this.#indentation = 0;
    try {
      return this.value(value, level + 1);
    } finally {
      this.#level = outer;
      this.#indentation = indentation;
    }
  }

  #object(value, level) {
    const className = classOf(value);
    const tag = tagOf(value, className);
    const form = this.#form(value, className, tag);
    if (form.whole !== undefined) return form.whole;
    if (level > this.#depth) return form.short ?? bracketed(prefix(className, tag, form.kind ?? "Object").slice(0, -1));
    this.#enclosing.push(value);
    this.#level = level;
    const parts = form.items?.call(this, level + 1) ?? [];
    for (const key of form.keys) parts.push(this.#property(value, key, level + 1, form.isArray));
    for (const name of form.getters ?? []) parts.push(this.#getterPart(value, name, level + 1));
    this.#enclosing.pop();
    const reference = this.#circular.get(value);
    let base = form.base ?? "";
    let { open } = form;
    if (reference !== undefined) {
      const mark = `<ref *${reference}>`;
      if (base === "") open = `${mark} ${open}`;
      else base = `${mark} ${base}`;
    }
    if (this.#sorted && !form.isArray) parts.sort(typeof this.#sorted === "function" ? this.#sorted : undefined);
    if (parts.length === 0) return base === "" ? `${open}${form.close}` : base;
    return layOut({
      base, open, close: form.close, parts, indentation: this.#indentation,
      levels: this.#level - level, isArray: form.isArray === true, hasMore: form.hasMore === true,
      compact: this.#compact, lineWidth: this.#lineWidth,
      alignRight: form.isArray === true && everyNumber(value, parts.length - (form.hasMore ? 1 : 0)),
    });
  }

  // How this kind of object is written: `whole` if that is all, else the braces, the items inside and the keys.
  #form(value, className, tag) {
    if (Array.isArray(value)) return this.#arrayForm(value, className, tag);
    if (typeof value === "function") {
      const base = functionBase(value, className, tag);
      const keys = keysOf(value, false);
      return keys.length === 0 ? { whole: base } : { base, short: base, open: "{", close: "}", keys };
    }
    if (ArrayBuffer.isView(value)) {
      const kind = attempt(TypedArray, typedArrayTag, value);
      if (kind !== undefined) return this.#typedArrayForm(value, className, tag, kind);
      return {
        open: `${prefix(className, tag, "DataView")}{`, close: "}", keys: keysOf(value, false),
        getters: ["byteLength", "byteOffset", "buffer"],
      };
    }
    const size = attempt(NativeSet, setSize, value);
    if (size !== undefined) return this.#collectionForm(value, prefix(className, tag, "Set", `(${size})`), setForEach, size);
    const entries = attempt(NativeMap, mapSize, value);
    if (entries !== undefined) return this.#collectionForm(value, prefix(className, tag, "Map", `(${entries})`), mapForEach, entries);
    if (isError(value)) return this.#errorForm(value, className);
    const keys = keysOf(value, false);
    const based = (kind, text) => {
      const lead = prefix(className, tag, kind);
      const base = lead === `${kind} ` ? text : `${lead}${text}`;
      return keys.length === 0 ? { whole: base } : { base, short: base, open: "{", close: "}", keys };
    };
    const time = attempt(NativeDate, dateTime, value);
    if (time !== undefined) return based("Date", Number.isNaN(time) ? "Invalid Date" : apply(dateText, value, []));
    if (attempt(NativeRegExp, regExpSource, value) !== undefined) return based("RegExp", apply(regExpText, value, []));
    for (const [Class, method, write] of boxes) {
      const inner = attempt(Class, method, value);
      if (inner !== undefined) return this.#boxForm(value, className, tag, Class.name, write(inner));
    }
    const length = attempt(NativeArrayBuffer, bufferLength, value) ?? attempt(NativeSharedArrayBuffer, sharedLength, value);
    if (length !== undefined) return this.#bufferForm(value, className, tag, keys);
    if (apply(toTag, value, []) === "[object Arguments]" && tag === "") {
      return { open: "[Arguments] {", close: "}", keys };
    }
    if (value instanceof Promise) return { open: `${prefix(className, tag, "Promise")}{`, close: "}", keys };
    if (value instanceof WeakMap || value instanceof WeakSet) {
      const lead = prefix(className, tag, value instanceof WeakMap ? "WeakMap" : "WeakSet");
      return { open: `${lead}{`, close: "}", keys, items: () => ["<items unknown>"] };
    }
    const getters = internals.isPlatformObject?.(value) ? accessorsOf(value) : [];
    if (className === "Object" && tag === "") return keys.length === 0 ? { whole: "{}" } : { open: "{", close: "}", keys };
    const open = `${prefix(className, tag, "Object")}{`;
    return keys.length + getters.length === 0 ? { whole: `${open}}` } : { open, close: "}", keys, getters };
  }

  #arrayForm(array, className, tag) {
    const lead = className === "Array" && tag === "" ? "" : prefix(className, tag, "Array", `(${array.length})`);
    const keys = keysOf(array, true);
    if (array.length === 0 && keys.length === 0) return { whole: `${lead}[]` };
    return { kind: "Array", open: `${lead}[`, close: "]", isArray: true, keys, ...this.#listItems(array, array.length) };
  }

  // The elements of an array, runs of holes as one.
  #listItems(array, length) {
    const items = (level) => {
      const parts = [];
      let i = 0;
      while (i < length && parts.length < this.#itemsMax) {
        if (hasOwn(array, i)) {
          parts.push(this.#property(array, String(i), level, true, true));
          i++;
        } else {
          const start = i;
          i = endOfHoles(array, start, length);
          parts.push(`<${i - start} empty item${i - start > 1 ? "s" : ""}>`);
        }
      }
      if (i < length) parts.push(`... ${length - i} more item${length - i > 1 ? "s" : ""}`);
      return parts;
    };
    return { items, hasMore: length > this.#itemsMax };
  }

  #typedArrayForm(array, className, tag, kind) {
    const length = array.length;
    const lead = prefix(className, tag, kind, `(${length})`);
    const keys = keysOf(array, true);
    if (length === 0 && keys.length === 0) return { whole: `${lead}[]` };
    const items = () => {
      const parts = [];
      for (let i = 0; i < length && i < this.#itemsMax; i++) {
        parts.push(typeof array[i] === "bigint" ? `${array[i]}n` : number(array[i]));
      }
      if (length > this.#itemsMax) parts.push(`... ${length - this.#itemsMax} more item${length - this.#itemsMax > 1 ? "s" : ""}`);
      return parts;
    };
    return { kind, open: `${lead}[`, close: "]", isArray: true, keys, items, hasMore: length > this.#itemsMax };
  }

  #collectionForm(collection, lead, forEach, size) {
    const keys = keysOf(collection, false);
    if (size === 0 && keys.length === 0) return { whole: `${lead}{}` };
    const items = (level) => {
      const parts = [];
      this.#indentation += 2;
      let seen = 0;
      apply(forEach, collection, [(value, key) => {
        if (seen++ >= this.#itemsMax) return;
        parts.push(forEach === mapForEach ? `${this.value(key, level)} => ${this.value(value, level)}` : this.value(value, level));
      }]);
      if (size > this.#itemsMax) parts.push(`... ${size - this.#itemsMax} more item${size - this.#itemsMax > 1 ? "s" : ""}`);
      this.#indentation -= 2;
      return parts;
    };
    return { short: bracketed(lead.replace(/\(\d+\)/, "").slice(0, -1)), open: `${lead}{`, close: "}", keys, items };
  }

  #boxForm(value, className, tag, kind, text) {
    const keys = keysOf(value, kind === "String");
    let base = `[${kind}`;
    if (className !== kind) base += className === null ? " (null prototype)" : ` (${className})`;
    base += `: ${text}]`;
    if (tag !== "" && tag !== kind) base += ` [${tag}]`;
    return keys.length === 0 ? { whole: base } : { base, short: base, open: "{", close: "}", keys };
  }

  #bufferForm(buffer, className, tag, keys) {
    const kind = attempt(NativeArrayBuffer, bufferLength, buffer) !== undefined ? "ArrayBuffer" : "SharedArrayBuffer";
    const items = () => {
      if (buffer.detached) return ["(detached)"];
      const bytes = new Uint8Array(buffer);
      let text = "";
      for (let i = 0; i < bytes.length && i < this.#itemsMax; i++) text += `${i > 0 ? " " : ""}${bytes[i].toString(16).padStart(2, "0")}`;
      const more = bytes.length - this.#itemsMax;
      if (more > 0) text += ` ... ${more} more byte${more > 1 ? "s" : ""}`;
      return [`[Uint8Contents]: <${text}>`];
    };
    return { open: `${prefix(className, tag, kind)}{`, close: "}", keys, items, getters: ["byteLength"] };
  }

  #errorForm(error, className) {
    const stack = stackText(error);
    const keys = keysOf(error, false).filter((key) => {
      // What the stack says already is not repeated. The engine adds where an error came from.
      if (key === "name" || key === "message" || key === "stack") return !stack.includes(String(error[key]));
      return key !== "line" && key !== "column" && key !== "sourceURL";
    });
    for (const key of ["cause", "errors"]) if (hasOwn(error, key) && !keys.includes(key)) keys.push(key);
    let text = stack;
    const { name } = error;
    if (className !== null && !internals.isPlatformObject?.(error) && typeof name === "string" && !text.includes(className) && text.startsWith(name)) {
      // A subclass that did not set its name.
      text = `${className}${className.includes(name) ? "" : ` [${name}]`}${text.slice(name.length)}`;
    }
    if (!text.includes("\n    at ")) text = `[${text}]`;
    const base = text.replaceAll("\n", `\n${" ".repeat(this.#indentation)}`);
    return keys.length === 0 ? { whole: base } : { base, short: base, open: "{", close: "}", keys };
  }

  // "name: value", or the value alone for array elements.
  #property(object, key, level, inArray, isItem = false) {
    const own = getOwnPropertyDescriptor(object, key) ?? { value: object[key], enumerable: true };
    let text;
    if ("value" in own) {
      this.#indentation += 2;
      text = this.value(own.value, level, inArray);
      this.#indentation -= 2;
    } else if (own.get !== undefined) {
      text = own.set === undefined ? "[Getter]" : "[Getter/Setter]";
    } else {
      text = own.set === undefined ? "undefined" : "[Setter]";
    }
    return isItem ? text : `${propertyName(key, own.enumerable)}: ${text}`;
  }

  #getterPart(object, name, level) {
    this.#indentation += 2;
    let text;
    try {
      text = this.value(object[name], level);
    } catch (error) {
      text = `[Getter: <threw ${error}>]`;
    }
    this.#indentation -= 2;
    return `${name}: ${text}`;
  }
}

function endOfHoles(array, start, length) {
  let i = start;
  // Beyond this the holes are those of an array that is nearly empty: look its keys up instead.
  const near = Math.min(length, start + 1000);
  while (i < near && !hasOwn(array, i)) i++;
  if (i < near || i === length) return i;
  for (const key of Object.keys(array)) {
    if (!isIndex(key)) break;
    if (Number(key) > i) return Number(key);
  }
  return length;
}

function everyNumber(array, count) {
  for (let i = 0; i < count; i++) {
    const type = typeof array[i];
    if (type !== "number" && type !== "bigint") return false;
  }
  return true;
}

// The attributes of a platform object: getters of its classes, the most derived class first.
function accessorsOf(object) {
  const names = [];
  for (let level = getPrototypeOf(object); level !== null && level !== Object.prototype; level = getPrototypeOf(level)) {
    for (const name of ownKeys(level)) {
      if (typeof name !== "string" || names.includes(name)) continue;
      if (getOwnPropertyDescriptor(level, name).get !== undefined) names.push(name);
    }
  }
  // Class.prototype is no instance: its getters only throw.
  return hasOwn(object, "constructor") ? [] : names;
}

const noOptions = { __proto__: null };

function inspect(value, options = noOptions) {
  return new Inspector(options ?? noOptions).value(value, 0);
}

internals.console.inspect = inspect;
