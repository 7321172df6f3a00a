// node:buffer
const errors = require("internal/errors");
const { ERR_INVALID_ARG_TYPE, ERR_UNKNOWN_ENCODING, ERR_BUFFER_OUT_OF_BOUNDS } = errors;
const { validateNumber, validateArray, validateInteger } = require("internal/validators");
const { codecOf, utf8, ascii, latin1, utf16le } = require("internal/buffer/encodings");
const { FastBuffer } = require("internal/buffer/fast");
const { methods: numberMethods } = require("internal/buffer/numbers");
const { methods: searchMethods, compare } = require("internal/buffer/search");
const { methods, shown } = require("internal/buffer/methods");
const { defineProperty } = Object;
const NativeUint8Array = Uint8Array;

const MAX_LENGTH = Number.MAX_SAFE_INTEGER;
const MAX_STRING_LENGTH = 536870888;
// Up to this length a text is worth looking at before native code is called.
const SHORT = 64;
const primitiveTypes = ["Buffer", "ArrayBuffer", "Array"];

function Buffer(value, encodingOrOffset, length) {
  if (typeof value === "number") {
    if (typeof encodingOrOffset === "string") throw new ERR_INVALID_ARG_TYPE("string", "string", value);
    return Buffer.alloc(value);
  }
  return Buffer.from(value, encodingOrOffset, length);
}
Object.setPrototypeOf(Buffer, NativeUint8Array);
Buffer.prototype = FastBuffer.prototype;
defineProperty(Buffer.prototype, "constructor", { value: Buffer, writable: true, configurable: true });
defineProperty(Buffer, Symbol.species, { get: () => FastBuffer, configurable: true });
defineProperty(Buffer, "name", { value: "Buffer", configurable: true });

/** The same memory as a Buffer. */
const adopt = (bytes) => new FastBuffer(bytes.buffer, bytes.byteOffset, bytes.length);

function fromString(text, encoding) {
  const codec = typeof encoding !== "string" || encoding === "" ? utf8 : codecOf(encoding);
  if (codec === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
  const { length } = text;
  if (codec === utf8 && length <= SHORT) {
    // One array less than by way of the codec.
    const bytes = new FastBuffer(length);
    let i = 0;
    for (; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) break;
      bytes[i] = code;
    }
    if (i === length) return bytes;
  }
  return adopt(codec.encode(text));
}

const isArrayBuffer = (value) =>
  value instanceof ArrayBuffer || (typeof SharedArrayBuffer === "function" && value instanceof SharedArrayBuffer);

function fromArrayBuffer(buffer, offset, length) {
  offset = offset === undefined ? 0 : +offset || 0;
  const most = buffer.byteLength - offset;
  if (most < 0) throw new ERR_BUFFER_OUT_OF_BOUNDS("offset");
  if (length === undefined) length = most;
  else {
    length = +length;
    if (!(length > 0)) length = 0;
    else if (length > most) throw new ERR_BUFFER_OUT_OF_BOUNDS("length");
  }
  return new FastBuffer(buffer, offset, length);
}

/** A Buffer of an array-like object's numbers; undefined if it is none. */
function fromObject(value) {
  if (value.length !== undefined || isArrayBuffer(value.buffer)) {
    if (typeof value.length !== "number") return new FastBuffer();
    const length = value.length > 0 ? Math.trunc(value.length) : 0;
    const bytes = new FastBuffer(length);
    if (value instanceof NativeUint8Array) bytes.set(value);
    else for (let i = 0; i < length; i++) bytes[i] = value[i];
    return bytes;
  }
  if (value.type === "Buffer" && Array.isArray(value.data)) return fromObject(value.data);
  return undefined;
}

function checkSize(size) {
  validateNumber(size, "size", 0, MAX_LENGTH);
}

Object.assign(Buffer, {
  poolSize: 8192,

  from: function from(value, encodingOrOffset, length) {
    if (typeof value === "string") return fromString(value, encodingOrOffset);
    if (typeof value === "object" && value !== null) {
      if (isArrayBuffer(value)) return fromArrayBuffer(value, encodingOrOffset, length);
      const primitive = value.valueOf?.();
      if (primitive !== undefined && primitive !== null && primitive !== value && (typeof primitive === "string" || typeof primitive === "object")) {
        return Buffer.from(primitive, encodingOrOffset, length);
      }
      const made = fromObject(value);
      if (made !== undefined) return made;
      if (typeof value[Symbol.toPrimitive] === "function") {
        const text = value[Symbol.toPrimitive]("string");
        if (typeof text === "string") return fromString(text, encodingOrOffset);
      }
    }
    throw new ERR_INVALID_ARG_TYPE("first argument", ["string", ...primitiveTypes, "Array-like Object"], value);
  },

  copyBytesFrom: function copyBytesFrom(source, offset, length) {
    if (!ArrayBuffer.isView(source) || source instanceof DataView) throw new ERR_INVALID_ARG_TYPE("view", ["TypedArray"], source);
    const total = source.length;
    if (total === 0) return new FastBuffer();
    let start = 0;
    if (offset !== undefined) {
      validateInteger(offset, "offset", 0);
      if (offset >= total) return new FastBuffer();
      start = offset;
    }
    let end = total;
    if (length !== undefined) {
      validateInteger(length, "length", 0);
      end = Math.min(start + length, total);
    }
    const part = source.slice(start, end);
    return new FastBuffer(part.buffer, part.byteOffset, part.byteLength);
  },

  of: function of(...items) {
    const bytes = new FastBuffer(items.length);
    for (let i = 0; i < items.length; i++) bytes[i] = items[i];
    return bytes;
  },

  alloc: function alloc(size, fill, encoding) {
    checkSize(size);
    const bytes = new FastBuffer(size);
    if (fill !== undefined && fill !== 0 && size > 0) bytes.fill(fill, encoding);
    return bytes;
  },

  allocUnsafe: function allocUnsafe(size) {
    checkSize(size);
    return new FastBuffer(size);
  },

  allocUnsafeSlow: function allocUnsafeSlow(size) {
    checkSize(size);
    return new FastBuffer(size);
  },

  isBuffer: function isBuffer(value) {
    return value instanceof Buffer;
  },

  compare,

  isEncoding: function isEncoding(encoding) {
    return typeof encoding === "string" && encoding.length !== 0 && codecOf(encoding) !== undefined;
  },

  concat: function concat(list, length) {
    validateArray(list, "list");
    if (length === undefined) {
      length = 0;
      for (const item of list) if (item.length) length += item.length;
    } else {
      validateInteger(length, "length", 0);
    }
    const joined = new FastBuffer(length);
    let at = 0;
    for (let i = 0; i < list.length; i++) {
      const item = list[i];
      if (!(item instanceof NativeUint8Array)) throw new ERR_INVALID_ARG_TYPE(`list[${i}]`, ["Buffer", "Uint8Array"], item);
      if (at >= length) continue;
      const room = length - at;
      joined.set(item.length > room ? NativeUint8Array.prototype.subarray.call(item, 0, room) : item, at);
      at += item.length;
    }
    return joined;
  },

  byteLength: function byteLength(value, encoding) {
    if (typeof value !== "string") {
      if (ArrayBuffer.isView(value) || isArrayBuffer(value)) return value.byteLength;
      throw new ERR_INVALID_ARG_TYPE("string", ["string", "Buffer", "ArrayBuffer"], value);
    }
    return (codecOf(encoding) ?? utf8).length(value);
  },
});

const inherited = { ...numberMethods, ...searchMethods, ...methods };
for (const name of Object.keys(inherited)) {
  defineProperty(Buffer.prototype, name, { value: inherited[name], writable: true, configurable: true, enumerable: true });
}
Buffer.prototype[Symbol.for("nodejs.util.inspect.custom")] = methods.inspect;
for (const [name, field] of [["parent", "buffer"], ["offset", "byteOffset"]]) {
  defineProperty(Buffer.prototype, name, {
    get() {
      return this instanceof Buffer ? this[field] : undefined;
    },
    enumerable: true,
    configurable: true,
  });
}

function SlowBuffer(size) {
  return Buffer.alloc(size);
}
Object.setPrototypeOf(SlowBuffer, NativeUint8Array);
SlowBuffer.prototype = Buffer.prototype;

/** Re-encodes; what the target has no character for becomes "?". */
function transcode(source, from, to) {
  if (!(source instanceof NativeUint8Array)) throw new ERR_INVALID_ARG_TYPE("source", ["Buffer", "Uint8Array"], source);
  const [decoder, encoder] = [codecOf(from), codecOf(to)];
  const known = [utf8, utf16le, latin1, ascii];
  if (!known.includes(decoder) || !known.includes(encoder)) {
    const error = new Error("Unable to transcode Buffer [U_ILLEGAL_ARGUMENT_ERROR]");
    throw Object.assign(error, { code: "U_ILLEGAL_ARGUMENT_ERROR", errno: 1 });
  }
  // Bytes that are no ASCII are replaced here, while toString("ascii") drops their highest bit.
  let text = decoder === ascii ? latin1.decode(source).replace(/[^\x00-\x7f]/g, "\ufffd") : decoder.decode(source);
  const max = encoder === ascii ? 0x7f : encoder === latin1 ? 0xff : undefined;
  if (max !== undefined) text = Array.from(text, (character) => (character.codePointAt(0) > max ? "?" : character)).join("");
  return adopt(encoder.encode(text));
}

function bytesOf(input) {
  if (ArrayBuffer.isView(input)) return new NativeUint8Array(input.buffer, input.byteOffset, input.byteLength);
  if (isArrayBuffer(input)) return new NativeUint8Array(input);
  throw new ERR_INVALID_ARG_TYPE("input", ["ArrayBuffer", "Buffer", "TypedArray"], input);
}

function isUtf8(input) {
  try {
    ops.text_decode_utf8(bytesOf(input), false, true);
    return true;
  } catch (error) {
    if (error.code !== undefined) throw error;
    return false;
  }
}

const isAscii = (input) => bytesOf(input).every((byte) => byte < 0x80);

Object.assign(exports, {
  Buffer,
  SlowBuffer,
  transcode,
  isUtf8,
  isAscii,
  kMaxLength: MAX_LENGTH,
  kStringMaxLength: MAX_STRING_LENGTH,
  btoa: globalThis.btoa,
  atob: globalThis.atob,
  constants: { MAX_LENGTH, MAX_STRING_LENGTH },
  Blob: globalThis.Blob,
  File: globalThis.File,
  resolveObjectURL: errors.notImplemented("resolveObjectURL"),
});
defineProperty(exports, "INSPECT_MAX_BYTES", {
  get: () => shown.bytesMax,
  set(value) {
    validateNumber(value, "INSPECT_MAX_BYTES", 0);
    shown.bytesMax = value;
  },
  enumerable: true,
});
