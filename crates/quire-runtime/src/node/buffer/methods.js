// What changes, copies or shows a Buffer: write(), toString(), fill(), copy(), slices, byte order.
const errors = require("internal/errors");
const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_UNKNOWN_ENCODING, ERR_OUT_OF_RANGE, ERR_INVALID_BUFFER_SIZE } = errors;
const { validateInteger, validateString } = require("internal/validators");
const { codecOf, utf8 } = require("internal/buffer/encodings");
const { FastBuffer } = require("internal/buffer/fast");
const { apply, getPrototypeOf } = Reflect;
const { set, fill: fillBytes, copyWithin } = Uint8Array.prototype;
const bytesOf = (getter) => Object.getOwnPropertyDescriptor(getPrototypeOf(Uint8Array.prototype), getter).get;
const [bufferOf, byteOffsetOf] = [bytesOf("buffer"), bytesOf("byteOffset")];

function requireCodec(encoding) {
  const codec = codecOf(encoding);
  if (codec === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
  return codec;
}

const view = (bytes, start, end) => new FastBuffer(apply(bufferOf, bytes, []), apply(byteOffsetOf, bytes, []) + start, end - start);

/** An index from the start, or from the end if negative, within the buffer. */
function place(value, length) {
  value = Math.trunc(+value) || 0;
  if (value < 0) return Math.max(value + length, 0);
  return value < length ? value : length;
}

function slice(start, end) {
  const { length } = this;
  start = place(start, length);
  end = end === undefined ? length : place(end, length);
  return view(this, start, end > start ? end : start);
}

/** The codec that a text is written with, whichever of `offset` and `length` were left out. */
function write(string, offset, length, encoding) {
  if (offset === undefined) return writeText(this, string, 0, this.length, utf8);
  if (length === undefined && typeof offset === "string") return writeText(this, string, 0, this.length, requireCodec(offset));
  validateInteger(offset, "offset", 0, this.length);
  const remaining = this.length - offset;
  if (length === undefined) length = remaining;
  else if (typeof length === "string") {
    encoding = length;
    length = remaining;
  } else {
    validateInteger(length, "length", 0, this.length);
    if (length > remaining) length = remaining;
  }
  return writeText(this, string, offset, length, encoding ? requireCodec(encoding) : utf8);
}

function writeText(buffer, string, offset, length, codec) {
  if (typeof string !== "string") throw new ERR_INVALID_ARG_TYPE("argument", "string", string);
  return codec.write(string, view(buffer, offset, offset + length));
}

function toString(encoding, start, end) {
  const { length } = this;
  if (arguments.length === 0) return utf8.decode(this);
  start = start <= 0 || start === undefined ? 0 : start >= length ? length : Math.trunc(start) || 0;
  end = end === undefined || end > length ? length : end > 0 ? Math.trunc(end) : 0;
  if (end <= start) return "";
  const codec = encoding === undefined ? utf8 : requireCodec(encoding);
  return codec.decode(start === 0 && end === length ? this : view(this, start, end));
}

function fill(value, offset, end, encoding) {
  if (typeof value === "string") {
    if (offset === undefined || typeof offset === "string") {
      encoding = offset;
      offset = end = undefined;
    } else if (typeof end === "string") {
      encoding = end;
      end = undefined;
    }
    if (encoding !== undefined) validateString(encoding, "encoding");
    const codec = requireCodec(encoding ?? "utf8");
    if (value.length === 0) value = 0;
    else {
      const bytes = codec.encode(value);
      if (bytes.length === 0) throw new ERR_INVALID_ARG_VALUE("value", value);
      value = bytes.length === 1 ? bytes[0] : bytes;
    }
  } else if (typeof value === "boolean") value = +value;
  if (offset === undefined) {
    offset = 0;
    end = this.length;
  } else {
    validateInteger(offset, "offset", 0);
    if (end === undefined) end = this.length;
    else validateInteger(end, "end", 0, this.length);
    if (offset >= end) return this;
  }
  if (typeof value === "object" && value !== null && ArrayBuffer.isView(value)) {
    if (value.byteLength === 0) throw new ERR_INVALID_ARG_VALUE("value", value);
    fillWith(this, new Uint8Array(value.buffer, value.byteOffset, value.byteLength), offset, end);
  } else {
    apply(fillBytes, this, [value & 255, offset, end]);
  }
  return this;
}

function fillWith(target, pattern, start, end) {
  const length = end - start;
  const first = pattern.length > length ? pattern.subarray(0, length) : pattern;
  apply(set, target, [first, start]);
  // What is filled doubles with each copy.
  for (let filled = first.length; filled < length; filled *= 2) {
    apply(copyWithin, target, [start + filled, start, start + Math.min(filled, length - filled)]);
  }
}

function copy(target, targetStart, sourceStart, sourceEnd) {
  if (!ArrayBuffer.isView(this)) throw new ERR_INVALID_ARG_TYPE("source", ["Buffer", "Uint8Array"], this);
  if (!ArrayBuffer.isView(target)) throw new ERR_INVALID_ARG_TYPE("target", ["Buffer", "Uint8Array"], target);
  const whole = (value, fallback, name, max) => {
    if (value === undefined) return fallback;
    const number = Math.trunc(+value) || 0;
    if (number < 0) throw new ERR_OUT_OF_RANGE(name, ">= 0", value);
    if (max !== undefined && number > max) throw new ERR_OUT_OF_RANGE(name, `>= 0 && <= ${max}`, value);
    return number;
  };
  targetStart = whole(targetStart, 0, "targetStart");
  sourceStart = whole(sourceStart, 0, "sourceStart", this.length);
  sourceEnd = whole(sourceEnd, this.length, "sourceEnd");
  if (targetStart >= target.byteLength || sourceStart >= sourceEnd) return 0;
  const length = Math.min(sourceEnd - sourceStart, this.length - sourceStart, target.byteLength - targetStart);
  if (length <= 0) return 0;
  const into = target instanceof Uint8Array ? target : new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
  apply(set, into, [view(this, sourceStart, sourceStart + length), targetStart]);
  return length;
}

function swap(buffer, size) {
  if (buffer.length % size !== 0) throw new ERR_INVALID_BUFFER_SIZE(`${size * 8}-bits`);
  for (let i = 0; i < buffer.length; i += size) {
    for (let low = i, high = i + size - 1; low < high; low++, high--) {
      const byte = buffer[low];
      buffer[low] = buffer[high];
      buffer[high] = byte;
    }
  }
  return buffer;
}

/** How many bytes `inspect` shows. */
const shown = { bytesMax: 50 };

function inspect(depth, options, inspector = internals.console.inspect) {
  const bytes = [];
  for (let i = 0; i < this.length && i < shown.bytesMax; i++) bytes.push(this[i].toString(16).padStart(2, "0"));
  const more = this.length - shown.bytesMax;
  if (more > 0) bytes.push(`... ${more} more byte${more > 1 ? "s" : ""}`);
  const extra = Object.keys(this).filter((key) => !/^\d+$/.test(key));
  const properties = extra.map((key) => `${key}: ${inspector(this[key], options)}`);
  const text = [bytes.join(" "), ...properties].filter((piece) => piece !== "").join(", ");
  return `<${this.constructor.name} ${text}>`.replace(/ >$/, " >");
}

const methods = {
  slice,
  subarray: { subarray(start, end) { return apply(slice, this, [start, end]); } }.subarray,
  write,
  toString,
  toLocaleString: toString,
  fill,
  copy,
  inspect,
  toJSON() {
    return { type: "Buffer", data: Array.from(this) };
  },
  swap16() {
    return swap(this, 2);
  },
  swap32() {
    return swap(this, 4);
  },
  swap64() {
    return swap(this, 8);
  },
};

// utf8Slice(start, end), utf8Write(text, offset, length) and so on, which some packages call.
for (const [name, encoding] of Object.entries({
  utf8: "utf8", latin1: "latin1", ascii: "ascii", base64: "base64", base64url: "base64url", hex: "hex", ucs2: "utf16le",
})) {
  const codec = codecOf(encoding);
  Object.assign(methods, {
    [`${name}Slice`](start = 0, end = this.length) {
      if (start > this.length) throw new ERR_OUT_OF_RANGE("start", `>= 0 && <= ${this.length}`, start);
      return codec.decode(view(this, start, Math.max(start, Math.min(end, this.length))));
    },
    [`${name}Write`](text, offset = 0, length = this.length - offset) {
      validateString(text, "argument");
      if (offset < 0 || offset > this.length) throw new errors.ERR_BUFFER_OUT_OF_BOUNDS("offset");
      if (length < 0 || length > this.length - offset) throw new errors.ERR_BUFFER_OUT_OF_BOUNDS("length");
      return codec.write(text, view(this, offset, offset + length));
    },
  });
}

Object.assign(exports, { methods, shown });
