// internals.deserialize: the value that internals.serialize made bytes of. Whatever the bytes are, it gives a value or throws.
const NativeArrayBuffer = ArrayBuffer;
const NativeDataView = DataView;
const NativeDate = Date;
const NativeMap = Map;
const NativeObject = Object;
const NativeRegExp = RegExp;
const NativeSet = Set;
const NativeUint8Array = Uint8Array;
const NativeBigInt = BigInt;
const { apply } = Reflect;
const { fromCharCode } = String;
const uncurry = Function.prototype.bind.bind(Function.prototype.call);
const getFloat64 = uncurry(NativeDataView.prototype.getFloat64);
const getBigInt64 = uncurry(NativeDataView.prototype.getBigInt64);
const subarray = uncurry(NativeUint8Array.prototype.subarray);
const setBytes = uncurry(NativeUint8Array.prototype.set);
const { arrayClasses, hide, isBuffer, makeError, mapSet, put, readers, setAdd } = internals.structuredClone.parts;
const {
  undefined: UNDEFINED, null: NULL, true: TRUE, false: FALSE, integer: INTEGER, double: DOUBLE, bigInt64: BIG_INT_64, bigInt: BIG_INT,
  latin1: LATIN1, utf8: UTF8, utf16: UTF16, reference: REFERENCE, plain: PLAIN, array: ARRAY, sparseArray: SPARSE_ARRAY, map: MAP,
  set: SET, date: DATE, regExp: REG_EXP, boxed: BOXED, error: ERROR, buffer: BUFFER, resizableBuffer: RESIZABLE_BUFFER, view: VIEW,
  instance: INSTANCE, external: EXTERNAL, end: END,
} = internals.serializedTags;

const VERSION = 1;
// As many characters are made a string at once.
const CHUNK = 512;
// Resizable buffers take address space for their maximum.
const RESIZABLE_MAX = 2 ** 32;

const broken = () => internals.domException("DataCloneError", "Unable to deserialize cloned data.");

class Reader {
  #bytes;
  #view;
  #at = 1;
  #objects = [];
  #external;

  constructor(bytes, external) {
    this.#bytes = bytes;
    this.#view = new NativeDataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#external = external;
  }

  read() {
    if (this.#bytes[0] !== VERSION) throw broken();
    const value = this.#value();
    if (this.#at !== this.#bytes.length) throw broken();
    return value;
  }

  #byte() {
    const at = this.#at++;
    if (at >= this.#bytes.length) throw broken();
    return this.#bytes[at];
  }

  #length() {
    let byte = this.#byte();
    let number = byte & 127;
    for (let unit = 128; byte >= 128; unit *= 128) {
      if (unit > 2 ** 49) throw broken();
      byte = this.#byte();
      number += (byte & 127) * unit;
    }
    return number;
  }

  // Steps over so many bytes; where they begin.
  #skip(count) {
    const at = this.#at;
    if (count > this.#bytes.length - at) throw broken();
    this.#at = at + count;
    return at;
  }

  #double() {
    const at = this.#skip(8);
    return getFloat64(this.#view, at, true);
  }

  // Whether what follows is the end of a list; then it is stepped over.
  #ends() {
    if (this.#bytes[this.#at] !== END) return false;
    this.#at++;
    return true;
  }

  #value() {
    const tag = this.#byte();
    switch (tag) {
      case LATIN1:
      case UTF8:
      case UTF16:
        return this.#stringOf(tag);
      case INTEGER: {
        const number = this.#length();
        if (number > 0xffffffff) throw broken();
        return (number >>> 1) ^ -(number & 1);
      }
      case DOUBLE:
        return this.#double();
      case UNDEFINED:
        return undefined;
      case NULL:
        return null;
      case TRUE:
        return true;
      case FALSE:
        return false;
      case BIG_INT_64: {
        const at = this.#skip(8);
        return getBigInt64(this.#view, at, true);
      }
      case BIG_INT: {
        const isNegative = this.#byte() === 1;
        const number = NativeBigInt(`0x${this.#string()}`);
        return isNegative ? -number : number;
      }
      case REFERENCE: {
        const number = this.#length();
        // Also of what is not complete yet and cannot be referred to: see #later.
        const object = this.#objects[number];
        if (object === undefined) throw broken();
        return object;
      }
      case PLAIN:
        return this.#properties(this.#remember({}));
      default:
        return this.#object(tag);
    }
  }

  #object(tag) {
    switch (tag) {
      case ARRAY: {
        const length = this.#length();
        if (length > this.#bytes.length - this.#at) throw broken();
        const array = this.#remember([]);
        for (let i = 0; i < length; i++) array[i] = this.#value();
        return this.#properties(array);
      }
      case SPARSE_ARRAY: {
        const length = this.#length();
        const array = this.#remember([]);
        array.length = length;
        return this.#properties(array);
      }
      case MAP: {
        const map = this.#remember(new NativeMap());
        while (!this.#ends()) {
          const key = this.#value();
          apply(mapSet, map, [key, this.#value()]);
        }
        return map;
      }
      case SET: {
        const set = this.#remember(new NativeSet());
        while (!this.#ends()) apply(setAdd, set, [this.#value()]);
        return set;
      }
      case DATE:
        return this.#remember(new NativeDate(this.#double()));
      case REG_EXP: {
        const source = this.#string();
        return this.#remember(new NativeRegExp(source, this.#string()));
      }
      case ERROR: {
        const error = this.#remember(makeError(this.#string()));
        while (!this.#ends()) {
          const key = this.#string();
          hide(error, key, this.#value());
        }
        return this.#properties(error);
      }
      case BUFFER:
      case RESIZABLE_BUFFER:
        return this.#buffer(tag === RESIZABLE_BUFFER);
      case BOXED:
        return this.#later(() => NativeObject(this.#value()));
      case VIEW:
        return this.#later(() => this.#viewOfBuffer());
      case INSTANCE: {
        return this.#later(() => {
          const read = readers[this.#string()];
          if (read === undefined) throw broken();
          return read(this.#value());
        });
      }
      case EXTERNAL: {
        const index = this.#length();
        if (this.#external === undefined) throw broken();
        return this.#remember(this.#external(index));
      }
      default:
        throw broken();
    }
  }

  #remember(object) {
    this.#objects[this.#objects.length] = object;
    return object;
  }

  // An object that can be made only from what follows it. Nothing in there refers to it.
  #later(make) {
    const number = this.#objects.length;
    this.#objects[number] = undefined;
    return (this.#objects[number] = make());
  }

  #properties(object) {
    while (!this.#ends()) {
      const name = this.#string();
      put(object, name, this.#value());
    }
    return object;
  }

  #buffer(isResizable) {
    const length = this.#length();
    const maximum = isResizable ? this.#length() : undefined;
    const at = this.#skip(length);
    if (isResizable && (maximum < length || maximum > RESIZABLE_MAX)) throw broken();
    const buffer = isResizable ? new NativeArrayBuffer(length, { maxByteLength: maximum }) : new NativeArrayBuffer(length);
    setBytes(new NativeUint8Array(buffer), subarray(this.#bytes, at, at + length));
    return this.#remember(buffer);
  }

  #viewOfBuffer() {
    const kind = this.#string();
    const offset = this.#length();
    const length = this.#length();
    const View = kind === "DataView" ? NativeDataView : arrayClasses[kind];
    if (View === undefined) throw broken();
    const buffer = this.#value();
    // A typed array made of anything else would copy that.
    if (!isBuffer(buffer)) throw broken();
    return new View(buffer, offset, length === 0 ? undefined : length - 1);
  }

  #string() {
    return this.#stringOf(this.#byte());
  }

  #stringOf(tag) {
    const length = this.#length();
    switch (tag) {
      case LATIN1:
        return this.#characters(this.#bytes, this.#skip(length), length);
      case UTF8: {
        const at = this.#skip(length);
        return internals.encoding.decodeUtf8(subarray(this.#bytes, at, at + length));
      }
      case UTF16: {
        const at = this.#skip(length * 2);
        const codes = [];
        for (let i = 0; i < length; i++) codes[i] = this.#bytes[at + i * 2] | (this.#bytes[at + i * 2 + 1] << 8);
        return this.#characters(codes, 0, length);
      }
      default:
        throw broken();
    }
  }

  #characters(codes, at, length) {
    let text = "";
    while (length > 0) {
      const count = length > CHUNK ? CHUNK : length;
      const part = [];
      for (let i = 0; i < count; i++) part[i] = codes[at + i];
      text += apply(fromCharCode, undefined, part);
      at += count;
      length -= count;
    }
    return text;
  }
}

/** The value that `serialize` wrote; `external(index)` gives back what its `external` took. */
internals.deserialize = (bytes, external = undefined) => new Reader(bytes, external).read();
