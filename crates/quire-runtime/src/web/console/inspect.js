// Any value as text, in the form that Node's util.inspect made common.
const { primitives, kinds, isError, stackText, layOut, colored, plain, LINE_WIDTH, LEVELS_ON_A_LINE } = internals.console;
const { quote, number, bigint, string, symbol, propertyName } = primitives;
const { attempt, classOf, tagOf, prefix, keysOf, functionBase, accessorsOf, inheritedOf, endOfHoles, everyNumber, enginesOwn } = kinds;
const { apply, getPrototypeOf, getOwnPropertyDescriptor } = Reflect;
const ITEMS_MAX = 100;
const STRING_LENGTH_MAX = 10_000;
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
const toTag = Object.prototype.toString;
const hasOwn = Object.hasOwn;
const boxes = [
  [Number, Number.prototype.valueOf, number],
  [String, String.prototype.valueOf, quote],
  [Boolean, Boolean.prototype.valueOf, String],
  [BigInt, BigInt.prototype.valueOf, bigint],
  [Symbol, Symbol.prototype.valueOf, symbol],
];
const NativeArrayBuffer = ArrayBuffer;
const NativeSharedArrayBuffer = globalThis.SharedArrayBuffer ?? class {};
const [NativeMap, NativeSet, NativeDate, NativeRegExp] = [Map, Set, Date, RegExp];

const bracketed = (text) => (text.startsWith("[") ? text : `[${text}]`);
const moreItems = (count) => `... ${count} more item${count > 1 ? "s" : ""}`;
const unlimited = (value) => Math.max(value === null ? Infinity : Number(value), 0);

class Inspector {
  #depth;
  #compact;
  #lineWidth;
  #itemsMax;
  #lengthMax;
  #sorted;
  #getters;
  #hidden;
  #separated;
  #ownForms;
  // (text, what it is) → the text in its colour.
  #style;
  #options;
  // Whether a typed array is at hand, which has shown what its buffer holds.
  #withinView = false;
  #level = 0;
  #indentation = 0;
  // The objects that enclose the one at hand, and those among them that were met again inside.
  #enclosing = [];
  #circular = new Map();

  constructor(options) {
    const {
      depth = 2, compact = LEVELS_ON_A_LINE, breakLength = LINE_WIDTH, maxArrayLength = ITEMS_MAX, maxStringLength = STRING_LENGTH_MAX,
      sorted = false, getters = false, showHidden = false, numericSeparator = false, customInspect = true, colors = false,
    } = options;
    this.#depth = depth === null ? Infinity : typeof depth === "number" ? depth : 2;
    this.#compact = compact === true ? true : Number(compact);
    this.#lineWidth = breakLength;
    this.#itemsMax = unlimited(maxArrayLength);
    this.#lengthMax = unlimited(maxStringLength);
    this.#sorted = sorted;
    this.#getters = getters;
    this.#hidden = showHidden;
    this.#separated = numericSeparator;
    this.#ownForms = customInspect;
    this.#style = colors ? colored : plain;
    this.#options = options;
  }

  // `level`: how many objects enclose the value.
  value(value, level) {
    if (value === null || (typeof value !== "object" && typeof value !== "function")) return this.#primitive(value);
    const custom = this.#ownForms ? this.#custom(value, level) : undefined;
    if (custom !== undefined) return custom;
    if (this.#enclosing.includes(value)) {
      if (!this.#circular.has(value)) this.#circular.set(value, this.#circular.size + 1);
      return this.#style(`[Circular *${this.#circular.get(value)}]`, "special");
    }
    return this.#object(value, level);
  }

  #primitive(value) {
    switch (typeof value) {
      case "string": {
        const room = this.#compact === true ? Infinity : this.#lineWidth - this.#indentation;
        return string(value, room, this.#indentation, this.#lengthMax, this.#style);
      }
      case "number":
        return this.#style(number(value, this.#separated), "number");
      case "bigint":
        return this.#style(bigint(value, this.#separated), "bigint");
      case "symbol":
        return this.#style(symbol(value), "symbol");
      default:
        return this.#style(String(value), value === null ? "null" : typeof value);
    }
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
      shown = apply(form, value, [depth, { ...this.#options, depth, stylize: this.#style }, nested]);
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
    if (level > this.#depth) {
      return this.#style(form.short ?? bracketed(prefix(className, tag, form.kind ?? "Object").slice(0, -1)), "special");
    }
    this.#enclosing.push(value);
    this.#level = level;
    const parts = form.items?.call(this, level + 1) ?? [];
    const elements = form.isArray ? parts.length : 0;
    for (const key of form.keys) parts.push(this.#property(value, key, level + 1, !form.isArray));
    for (const [holder, key] of form.inherited ?? []) parts.push(this.#inherited(value, holder, key, level + 1));
    for (const name of form.getters ?? []) parts.push(this.#attribute(value, name, name, level + 1));
    this.#withinView = form.internals !== undefined;
    for (const name of form.internals ?? []) parts.push(this.#attribute(value, name, `[${name}]`, level + 1));
    this.#withinView = false;
    this.#enclosing.pop();
    const reference = this.#circular.get(value);
    let base = form.base ?? "";
    let { open } = form;
    if (reference !== undefined) {
      const mark = this.#style(`<ref *${reference}>`, "special");
      if (base === "") open = `${mark} ${open}`;
      else base = `${mark} ${base}`;
    }
    if (this.#sorted) {
      const order = typeof this.#sorted === "function" ? this.#sorted : undefined;
      parts.push(...parts.splice(elements).sort(order));
    }
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
    if (typeof value === "function") return this.#basedForm(value, functionBase(value, className, tag), "special", this.#keys(value));
    if (ArrayBuffer.isView(value)) {
      const kind = attempt(TypedArray, typedArrayTag, value);
      if (kind !== undefined) return this.#typedArrayForm(value, className, tag, kind);
      return {
        open: `${prefix(className, tag, "DataView")}{`, close: "}", keys: this.#keys(value),
        getters: ["byteLength", "byteOffset", "buffer"],
      };
    }
    const size = attempt(NativeSet, setSize, value);
    if (size !== undefined) return this.#collectionForm(value, prefix(className, tag, "Set", `(${size})`), setForEach, size);
    const entries = attempt(NativeMap, mapSize, value);
    if (entries !== undefined) return this.#collectionForm(value, prefix(className, tag, "Map", `(${entries})`), mapForEach, entries);
    if (isError(value)) return this.#errorForm(value, className);
    const keys = this.#keys(value);
    const based = (kind, text) => {
      const lead = prefix(className, tag, kind);
      return this.#basedForm(value, lead === `${kind} ` ? text : `${lead}${text}`, kind.toLowerCase(), keys);
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
      return { open: `${lead}{`, close: "}", keys, items: () => [this.#style("<items unknown>", "special")] };
    }
    const isPlatform = internals.isPlatformObject?.(value);
    const getters = isPlatform ? accessorsOf(value) : [];
    const inherited = this.#hidden && !isPlatform ? inheritedOf(value) : [];
    const open = className === "Object" && tag === "" ? "{" : `${prefix(className, tag, "Object")}{`;
    const isEmpty = keys.length + getters.length + inherited.length === 0;
    return isEmpty ? { whole: `${open}}` } : { open, close: "}", keys, getters, inherited };
  }

  #keys(value, skipIndices = false) {
    return keysOf(value, skipIndices, this.#hidden);
  }

  // A text that stands for the object, and properties after it if there are any.
  #basedForm(value, base, style, keys) {
    return keys.length === 0 ? { whole: this.#style(base, style) } : { base, short: base, open: "{", close: "}", keys };
  }

  #arrayForm(array, className, tag) {
    const lead = className === "Array" && tag === "" ? "" : prefix(className, tag, "Array", `(${array.length})`);
    const keys = this.#keys(array, true);
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
          parts.push(this.#propertyValue(array, getOwnPropertyDescriptor(array, i), level, 2));
          i++;
        } else {
          const start = i;
          i = endOfHoles(array, start, length);
          parts.push(this.#style(`<${i - start} empty item${i - start > 1 ? "s" : ""}>`, "undefined"));
        }
      }
      if (i < length) parts.push(moreItems(length - i));
      return parts;
    };
    return { items, hasMore: length > this.#itemsMax };
  }

  #typedArrayForm(array, className, tag, kind) {
    const length = array.length;
    const lead = prefix(className, tag, kind, `(${length})`);
    const keys = this.#keys(array, true);
    if (length === 0 && keys.length === 0 && !this.#hidden) return { whole: `${lead}[]` };
    const items = () => {
      const parts = [];
      for (let i = 0; i < length && i < this.#itemsMax; i++) parts.push(this.#primitive(array[i]));
      if (length > this.#itemsMax) parts.push(moreItems(length - this.#itemsMax));
      return parts;
    };
    const fields = this.#hidden ? ["BYTES_PER_ELEMENT", "length", "byteLength", "byteOffset", "buffer"] : [];
    return { kind, open: `${lead}[`, close: "]", isArray: true, keys, items, internals: fields, hasMore: length > this.#itemsMax };
  }

  #collectionForm(collection, lead, forEach, size) {
    const keys = this.#keys(collection);
    if (size === 0 && keys.length === 0) return { whole: `${lead}{}` };
    const items = (level) => {
      const parts = [];
      this.#indentation += 2;
      let seen = 0;
      apply(forEach, collection, [(value, key) => {
        if (seen++ >= this.#itemsMax) return;
        parts.push(forEach === mapForEach ? `${this.value(key, level)} => ${this.value(value, level)}` : this.value(value, level));
      }]);
      if (size > this.#itemsMax) parts.push(moreItems(size - this.#itemsMax));
      this.#indentation -= 2;
      return parts;
    };
    return { short: bracketed(lead.replace(/\(\d+\)/, "").slice(0, -1)), open: `${lead}{`, close: "}", keys, items };
  }

  #boxForm(value, className, tag, kind, text) {
    let base = `[${kind}`;
    if (className !== kind) base += className === null ? " (null prototype)" : ` (${className})`;
    base += `: ${text}]`;
    if (tag !== "" && tag !== kind) base += ` [${tag}]`;
    return this.#basedForm(value, base, kind.toLowerCase(), this.#keys(value, kind === "String"));
  }

  #bufferForm(buffer, className, tag, keys) {
    const kind = attempt(NativeArrayBuffer, bufferLength, buffer) !== undefined ? "ArrayBuffer" : "SharedArrayBuffer";
    const items = this.#withinView ? undefined : () => {
      if (buffer.detached) return ["(detached)"];
      const bytes = new Uint8Array(buffer);
      let text = "";
      for (let i = 0; i < bytes.length && i < this.#itemsMax; i++) text += `${i > 0 ? " " : ""}${bytes[i].toString(16).padStart(2, "0")}`;
      const more = bytes.length - this.#itemsMax;
      if (more > 0) text += ` ... ${more} more byte${more > 1 ? "s" : ""}`;
      return [`${this.#style("[Uint8Contents]", "special")}: <${text}>`];
    };
    return { open: `${prefix(className, tag, kind)}{`, close: "}", keys, items, getters: ["byteLength"] };
  }

  #errorForm(error, className) {
    const stack = stackText(error);
    const keys = this.#keys(error).filter((key) => {
      // What the stack says already is not repeated.
      if (key === "name" || key === "message" || key === "stack") return !stack.includes(String(error[key]));
      return !enginesOwn.has(key);
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

  // "name: value"
  #property(object, key, level, inObject) {
    const own = getOwnPropertyDescriptor(object, key) ?? { value: object[key], enumerable: true };
    const text = this.#propertyValue(object, own, level, this.#compact === true && inObject ? 3 : 2);
    return `${propertyName(key, own.enumerable, this.#style)}: ${text}`;
  }

  #inherited(object, holder, key, level) {
    const own = getOwnPropertyDescriptor(holder, key);
    const text = `${propertyName(key, own.enumerable, this.#style)}: ${this.#propertyValue(object, own, level, 2)}`;
    return this.#style === plain ? text : `\x1b[2m${text}\x1b[22m`;
  }

  #propertyValue(object, own, level, indentation) {
    if ("value" in own) {
      this.#indentation += indentation;
      const text = this.value(own.value, level);
      this.#indentation -= indentation;
      return text;
    }
    if (own.get !== undefined) return this.#getter(object, own, level);
    return own.set === undefined ? this.#style("undefined", "undefined") : this.#style("[Setter]", "special");
  }

  #getter(object, { get, set }, level) {
    const label = set === undefined ? "Getter" : "Getter/Setter";
    const wanted = this.#getters;
    const isWanted = wanted === true || (wanted === "get" && set === undefined) || (wanted === "set" && set !== undefined);
    if (!isWanted) return this.#style(`[${label}]`, "special");
    const around = (text) => `${this.#style(`[${label}:`, "special")} ${text}${this.#style("]", "special")}`;
    let value;
    try {
      value = apply(get, object, []);
    } catch (error) {
      return around(`<Inspection threw (${error?.message})>`);
    }
    if (value === null || (typeof value !== "object" && typeof value !== "function")) return around(this.#primitive(value));
    this.#indentation += 2;
    const text = this.value(value, level);
    this.#indentation -= 2;
    return `${this.#style(`[${label}]`, "special")} ${text}`;
  }

  // What a class of the language or the platform has instead of a property.
  #attribute(object, name, label, level) {
    this.#indentation += 2;
    let text;
    try {
      text = this.value(object[name], level);
    } catch (error) {
      text = `[Getter: <threw ${error}>]`;
    }
    this.#indentation -= 2;
    return `${label}: ${text}`;
  }
}

const noOptions = { __proto__: null };

function inspect(value, options = noOptions) {
  return new Inspector(options ?? noOptions).value(value, 0);
}

internals.console.inspect = inspect;
