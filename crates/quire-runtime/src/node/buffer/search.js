// Comparing and finding: compare(), equals(), indexOf(), lastIndexOf(), includes().
const { ERR_INVALID_ARG_TYPE, ERR_UNKNOWN_ENCODING } = require("internal/errors");
const { validateInteger } = require("internal/validators");
const { codecOf, utf8, utf16le } = require("internal/buffer/encodings");
const { indexOf, lastIndexOf } = Uint8Array.prototype;
const { apply } = Reflect;

function order(a, b) {
  const length = a.length < b.length ? a.length : b.length;
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1;
}

function isEqual(a, b) {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function checkBytes(value, name) {
  if (!(value instanceof Uint8Array)) throw new ERR_INVALID_ARG_TYPE(name, ["Buffer", "Uint8Array"], value);
}

function compare(a, b) {
  checkBytes(a, "buf1");
  checkBytes(b, "buf2");
  return order(a, b);
}

function matches(bytes, at, needle) {
  for (let i = 1; i < needle.length; i++) if (bytes[at + i] !== needle[i]) return false;
  return true;
}

// `step`: the places to look at are multiples of it.
function findBytes(bytes, needle, from, forwards, step) {
  const last = bytes.length - needle.length;
  if (last < 0) return -1;
  if (needle.length === 0) return from > bytes.length ? bytes.length : from;
  if (forwards) {
    for (let at = from; at <= last; at++) {
      at = apply(indexOf, bytes, [needle[0], at]);
      if (at === -1 || at > last) return -1;
      if (at % step === 0 && matches(bytes, at, needle)) return at;
    }
    return -1;
  }
  for (let at = from < last ? from : last; at >= 0; at--) {
    at = apply(lastIndexOf, bytes, [needle[0], at]);
    if (at === -1) return -1;
    if (at % step === 0 && matches(bytes, at, needle)) return at;
  }
  return -1;
}

function find(buffer, value, from, encoding, forwards) {
  validateBuffer(buffer);
  if (typeof from === "string") {
    encoding = from;
    from = undefined;
  } else if (from > 0x7fffffff) from = 0x7fffffff;
  else if (from < -0x80000000) from = -0x80000000;
  from = +from;
  if (Number.isNaN(from)) from = forwards ? 0 : buffer.length;
  from = Math.trunc(from);
  if (from < 0) {
    from += buffer.length;
    if (from < 0) {
      if (!forwards) return -1;
      from = 0;
    }
  }
  if (typeof value === "number") {
    const byte = value & 0xff;
    return forwards ? apply(indexOf, buffer, [byte, from]) : apply(lastIndexOf, buffer, [byte, Math.min(from, buffer.length - 1)]);
  }
  const codec = encoding === undefined || encoding === null ? utf8 : codecOf(encoding);
  if (typeof value === "string") {
    if (codec === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
    value = codec.encode(value);
  } else if (!(value instanceof Uint8Array)) {
    throw new ERR_INVALID_ARG_TYPE("value", ["number", "string", "Buffer", "Uint8Array"], value);
  }
  if (value.length === 0) return from > buffer.length ? buffer.length : from;
  const step = codec === utf16le ? 2 : 1;
  if (step === 2 && (buffer.length < 2 || value.length < 2)) return -1;
  return findBytes(buffer, value, step === 2 ? from - (from % 2) : from, forwards, step);
}

function validateBuffer(buffer) {
  if (!ArrayBuffer.isView(buffer)) throw new ERR_INVALID_ARG_TYPE("buffer", ["Buffer", "TypedArray", "DataView"], buffer);
}

const part = (bytes, start, end) => (start >= end ? bytes.subarray(0, 0) : bytes.subarray(start, end));

const methods = {
  compare(target, targetStart, targetEnd, sourceStart, sourceEnd) {
    checkBytes(target, "target");
    if (arguments.length === 1) return order(this, target);
    const bound = (value, fallback, name, max) => {
      if (value === undefined) return fallback;
      if (max === undefined) validateInteger(value, name, 0);
      else validateInteger(value, name, 0, max);
      return value;
    };
    targetStart = bound(targetStart, 0, "targetStart");
    targetEnd = bound(targetEnd, target.length, "targetEnd", target.length);
    sourceStart = bound(sourceStart, 0, "sourceStart");
    sourceEnd = bound(sourceEnd, this.length, "sourceEnd", this.length);
    if (sourceStart >= sourceEnd) return targetStart >= targetEnd ? 0 : -1;
    if (targetStart >= targetEnd) return 1;
    return order(part(this, sourceStart, sourceEnd), part(target, targetStart, targetEnd));
  },
  equals(other) {
    checkBytes(other, "otherBuffer");
    return this === other || isEqual(this, other);
  },
  indexOf(value, byteOffset, encoding) {
    return find(this, value, byteOffset, encoding, true);
  },
  lastIndexOf(value, byteOffset, encoding) {
    return find(this, value, byteOffset, encoding, false);
  },
  includes(value, byteOffset, encoding) {
    return find(this, value, byteOffset, encoding, true) !== -1;
  },
};

Object.assign(exports, { methods, compare, checkBytes });
