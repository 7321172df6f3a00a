// internals.serialize: structured clone to bytes. The format is described in README.md; reader.js reads it.
const NativeDataView = DataView;
const NativeMap = Map;
const NativeUint8Array = Uint8Array;
const { apply, getPrototypeOf } = Reflect;
const { keys, prototype: objectPrototype } = Object;
const { isArray } = Array;
const uncurry = Function.prototype.bind.bind(Function.prototype.call);
const charCodeAt = uncurry(String.prototype.charCodeAt);
const isWellFormed = uncurry(String.prototype.isWellFormed);
const hasOwn = uncurry(Object.prototype.hasOwnProperty);
const setBytes = uncurry(NativeUint8Array.prototype.set);
const setFloat64 = uncurry(NativeDataView.prototype.setFloat64);
const setBigInt64 = uncurry(NativeDataView.prototype.setBigInt64);
const toHex = uncurry(BigInt.prototype.toString);
const slice = uncurry(NativeUint8Array.prototype.slice);
const {
  bufferDetached, bufferLength, bufferMaximum, bufferResizable, dateTime, errorClass, hiddenOf, kindOf, mapForEach, mapGet, mapSet,
  refuse, regExpFlags, regExpSource, registrationOf, setForEach, unbox, unsupported, viewParts,
} = internals.structuredClone.parts;

const VERSION = 1;
// What a value begins with. Numbers that are in use keep their meaning: values lie on disks.
const TAGS = {
  undefined: 0, null: 1, true: 2, false: 3, integer: 4, double: 5, bigInt64: 6, bigInt: 7, latin1: 8, utf8: 9, utf16: 10,
  reference: 11, plain: 12, array: 13, sparseArray: 14, map: 15, set: 16, date: 17, regExp: 18, boxed: 19, error: 20,
  buffer: 21, resizableBuffer: 22, view: 23, instance: 24, external: 25, end: 26,
};
const {
  undefined: UNDEFINED, null: NULL, true: TRUE, false: FALSE, integer: INTEGER, double: DOUBLE, bigInt64: BIG_INT_64, bigInt: BIG_INT,
  latin1: LATIN1, utf8: UTF8, utf16: UTF16, reference: REFERENCE, plain: PLAIN, end: END,
} = TAGS;

// Buffers up to this size are kept for the next value.
const KEPT_MAX = 65536;
// Strings up to this length are written here, longer ones by native code.
const SHORT_MAX = 200;

class Writer {
  #bytes = new NativeUint8Array(1024);
  #view = new NativeDataView(this.#bytes.buffer);
  #at = 0;
  // Objects and their numbers, in the order in which they were met. The map is made for the second one.
  #first = undefined;
  #numbers = null;
  #count = 0;
  #external = undefined;

  write(value, external) {
    this.#external = external;
    this.#bytes[0] = VERSION;
    this.#at = 1;
    this.#value(value);
    return slice(this.#bytes, 0, this.#at);
  }

  /** Forgets the value; whether the writer can be used again. */
  reset() {
    this.#first = undefined;
    this.#numbers = null;
    this.#count = 0;
    this.#external = undefined;
    return this.#bytes.length <= KEPT_MAX;
  }

  // Makes room for `more` bytes; where they begin.
  #reserve(more) {
    const at = this.#at;
    const needed = at + more;
    if (needed > this.#bytes.length) {
      const grown = new NativeUint8Array(needed * 2);
      setBytes(grown, this.#bytes);
      this.#bytes = grown;
      this.#view = new NativeDataView(grown.buffer);
    }
    this.#at = needed;
    return at;
  }

  #tag(tag) {
    const at = this.#reserve(1);
    this.#bytes[at] = tag;
  }

  // A number from 0 to 2^53, seven bits a byte.
  #length(number) {
    while (number >= 128) {
      this.#tag((number % 128) | 128);
      number = (number - (number % 128)) / 128;
    }
    this.#tag(number);
  }

  #double(number) {
    const at = this.#reserve(8);
    setFloat64(this.#view, at, number, true);
  }

  #raw(bytes) {
    const at = this.#reserve(bytes.length);
    setBytes(this.#bytes, bytes, at);
  }

  #value(value) {
    switch (typeof value) {
      case "string":
        this.#string(value);
        break;
      case "number":
        this.#number(value);
        break;
      case "object":
        if (value === null) this.#tag(NULL);
        else this.#object(value);
        break;
      case "boolean":
        this.#tag(value ? TRUE : FALSE);
        break;
      case "undefined":
        this.#tag(UNDEFINED);
        break;
      case "bigint":
        this.#bigInt(value);
        break;
      case "function":
        if (this.#known(value)) break;
        if (!this.#outside(value)) throw refuse(apply(Function.prototype.toString, value, []));
        break;
      default:
        throw refuse(value.toString());
    }
  }

  #number(value) {
    const integer = value | 0;
    if (integer === value && (value !== 0 || 1 / value > 0)) {
      this.#tag(INTEGER);
      this.#length(((integer << 1) ^ (integer >> 31)) >>> 0);
    } else {
      const at = this.#reserve(9);
      this.#bytes[at] = DOUBLE;
      setFloat64(this.#view, at + 1, value, true);
    }
  }

  #bigInt(value) {
    if (BigInt.asIntN(64, value) === value) {
      const at = this.#reserve(9);
      this.#bytes[at] = BIG_INT_64;
      setBigInt64(this.#view, at + 1, value, true);
    } else {
      this.#tag(BIG_INT);
      this.#tag(value < 0n ? 1 : 0);
      this.#string(toHex(value < 0n ? -value : value, 16));
    }
  }

  #string(value) {
    const { length } = value;
    if (length > SHORT_MAX) return this.#longString(value);
    const at = this.#reserve(length + 3);
    const bytes = this.#bytes;
    let start = at + 2;
    if (length >= 128) {
      bytes[at + 1] = (length % 128) | 128;
      bytes[at + 2] = length >> 7;
      start = at + 3;
    } else bytes[at + 1] = length;
    for (let i = 0; i < length; i++) {
      const code = charCodeAt(value, i);
      if (code > 255) {
        this.#at = at;
        return this.#longString(value);
      }
      bytes[start + i] = code;
    }
    bytes[at] = LATIN1;
    this.#at = start + length;
  }

  #longString(value) {
    const { length } = value;
    if (isWellFormed(value)) {
      const bytes = internals.encoding.encodeUtf8(value);
      this.#tag(UTF8);
      this.#length(bytes.length);
      this.#raw(bytes);
      return;
    }
    this.#tag(UTF16);
    this.#length(length);
    const at = this.#reserve(length * 2);
    for (let i = 0; i < length; i++) {
      const code = charCodeAt(value, i);
      this.#bytes[at + i * 2] = code;
      this.#bytes[at + i * 2 + 1] = code >> 8;
    }
  }

  // Whether an object was met before; then that is all that is written of it. Else it gets the next number.
  #known(object) {
    if (this.#count === 0) {
      this.#first = object;
      this.#count = 1;
      return false;
    }
    let number = 0;
    if (object !== this.#first) {
      this.#numbers ??= new NativeMap();
      number = apply(mapGet, this.#numbers, [object]);
      if (number === undefined) {
        apply(mapSet, this.#numbers, [object, this.#count++]);
        return false;
      }
    }
    this.#tag(REFERENCE);
    this.#length(number);
    return true;
  }

  // Whether somebody else sees to this object.
  #outside(object) {
    const index = this.#external === undefined ? undefined : this.#external(object);
    if (index === undefined) return false;
    this.#tag(TAGS.external);
    this.#length(index);
    return true;
  }

  #object(object) {
    if (this.#known(object)) return;
    const kind = isArray(object) ? "array" : getPrototypeOf(object) === objectPrototype ? "plain" : kindOf(object);
    switch (kind) {
      case "plain":
        this.#tag(PLAIN);
        this.#properties(object, keys(object), 0);
        break;
      case "array":
        this.#array(object);
        break;
      case "map":
        this.#map(object);
        break;
      case "set":
        this.#set(object);
        break;
      case "date":
        this.#tag(TAGS.date);
        this.#double(apply(dateTime, object, []));
        break;
      case "regexp":
        this.#tag(TAGS.regExp);
        this.#string(apply(regExpSource, object, []));
        this.#string(apply(regExpFlags, object, []));
        break;
      case "boxed":
        this.#tag(TAGS.boxed);
        this.#value(unbox(object));
        break;
      case "error":
        this.#error(object);
        break;
      case "shared":
        throw refuse("A SharedArrayBuffer");
      case "buffer":
        this.#buffer(object);
        break;
      case "view":
        this.#arrayView(object);
        break;
      default:
        this.#instance(object);
    }
  }

  // Names and values from the given position on, and the end.
  #properties(object, names, from) {
    const { length } = names;
    for (let i = from; i < length; i++) {
      const name = names[i];
      // A getter that ran before may have deleted it.
      if (i > from && !hasOwn(object, name)) continue;
      this.#string(name);
      this.#value(object[name]);
    }
    this.#tag(END);
  }

  #array(array) {
    const { length } = array;
    const names = keys(array);
    // Indices come first: if the last of as many is the highest one, there is no hole among them.
    const isDense = length === 0 || (names.length >= length && names[length - 1] === `${length - 1}`);
    this.#tag(isDense ? TAGS.array : TAGS.sparseArray);
    this.#length(length);
    if (!isDense) return this.#properties(array, names, 0);
    for (let i = 0; i < length; i++) this.#value(array[i]);
    this.#properties(array, names, length);
  }

  #map(map) {
    // The entries as they are now: a getter below may change the map.
    const entries = [];
    apply(mapForEach, map, [(value, key) => (entries[entries.length] = key, entries[entries.length] = value)]);
    this.#tag(TAGS.map);
    for (let i = 0; i < entries.length; i++) this.#value(entries[i]);
    this.#tag(END);
  }

  #set(set) {
    const members = [];
    apply(setForEach, set, [(member) => (members[members.length] = member)]);
    this.#tag(TAGS.set);
    for (let i = 0; i < members.length; i++) this.#value(members[i]);
    this.#tag(END);
  }

  #error(error) {
    this.#tag(TAGS.error);
    this.#string(errorClass(error));
    const hidden = hiddenOf(error);
    for (let i = 0; i < hidden.length; i++) {
      this.#string(hidden[i][0]);
      this.#value(hidden[i][1]);
    }
    this.#tag(END);
    this.#properties(error, keys(error), 0);
  }

  #buffer(buffer) {
    if (apply(bufferDetached, buffer, [])) throw refuse("An ArrayBuffer is detached and");
    const resizable = apply(bufferResizable, buffer, []);
    this.#tag(resizable ? TAGS.resizableBuffer : TAGS.buffer);
    this.#length(apply(bufferLength, buffer, []));
    if (resizable) this.#length(apply(bufferMaximum, buffer, []));
    this.#raw(new NativeUint8Array(buffer));
  }

  #arrayView(view) {
    const { kind, buffer, offset, length } = viewParts(view);
    this.#tag(TAGS.view);
    this.#string(kind ?? "DataView");
    this.#length(offset);
    this.#length(length === undefined ? 0 : length + 1);
    this.#object(buffer);
  }

  #instance(object) {
    if (this.#outside(object)) return;
    const className = internals.platformClass(object);
    if (className === "ReadableStream" || className === "WritableStream") {
      throw internals.domException("DataCloneError", `${className} can only be serialized for RPC.`);
    }
    const registration = registrationOf(object);
    if (registration === null) {
      if (this.#external !== undefined) throw unsupported(nameOfClass(object));
      this.#tag(PLAIN);
      this.#properties(object, keys(object), 0);
    } else if (registration.write === undefined) {
      // What can never be copied says so in words of its own.
      registration.cloneInstance(object, (value) => value);
      throw unsupported(className);
    } else {
      this.#tag(TAGS.instance);
      this.#string(registration.name);
      this.#value(registration.write(object));
    }
  }
}

function nameOfClass(object) {
  try {
    const name = object.constructor?.name;
    return typeof name === "string" && name !== "" ? name : "Object";
  } catch {
    return "Object";
  }
}

// Null while it is at work: a getter of a value may serialise another one.
let writer = new Writer();

/**
 * A value as bytes. `external(object)` is asked for functions, instances of classes and platform objects: with a number it
 * takes care of the object, for `deserialize` to get it back by that; with undefined it does not. Without `external`,
 * instances of a program's classes become plain objects. What cannot be written is a DataCloneError.
 */
internals.serialize = (value, external = undefined) => {
  const mine = writer ?? new Writer();
  writer = null;
  let reusable = false;
  try {
    return mine.write(value, external);
  } finally {
    reusable = mine.reset();
    writer = reusable ? mine : new Writer();
  }
};
internals.serializedTags = TAGS;
