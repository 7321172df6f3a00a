// Deep equality, as util.isDeepStrictEqual() and the assert module have it.
const types = require("util/types");
const { ownKeys, getPrototypeOf } = Reflect;
const { is, hasOwn } = Object;
const { toString } = Object.prototype;

const isEnumerable = (object, key) => Object.prototype.propertyIsEnumerable.call(object, key);
const isObject = (value) => value !== null && typeof value === "object";

/** The keys that count: own, enumerable; elements of arrays and lists of bytes are compared apart. */
function keysOf(object, withSymbols, skipIndices) {
  return ownKeys(object).filter((key) => {
    if (typeof key === "symbol") return withSymbols && isEnumerable(object, key);
    return isEnumerable(object, key) && !(skipIndices && /^(?:0|[1-9]\d*)$/.test(key));
  });
}

class Comparison {
  /** The pairs that are being compared: in a cycle they count as equal. */
  #left = [];
  #right = [];

  /** `strict`: types and prototypes count; `partial`: the first may have more than the second. */
  constructor(strict, partial = false) {
    this.strict = strict;
    this.partial = partial;
  }

  equal(a, b) {
    if (a === b) return a !== 0 || !this.strict || is(a, b);
    if (this.strict) {
      if (!isObject(a) || !isObject(b)) return typeof a === "number" && Number.isNaN(a) && Number.isNaN(b);
      if (!this.partial && getPrototypeOf(a) !== getPrototypeOf(b)) return false;
    } else {
      if (!isObject(a)) return !isObject(b) && (a == b || (Number.isNaN(a) && Number.isNaN(b)));
      if (!isObject(b)) return false;
    }
    if (toString.call(a) !== toString.call(b)) return false;
    return this.#objects(a, b);
  }

  #objects(a, b) {
    if (Array.isArray(a) !== Array.isArray(b)) return false;
    if (Array.isArray(a)) {
      if (this.partial ? a.length < b.length : a.length !== b.length) return false;
      return this.#within(a, b, () => (this.partial ? this.#someItems(a, b) : this.#items(a, b)) && this.#properties(a, b, true));
    }
    if (types.isDate(a)) {
      if (!types.isDate(b) || !is(a.getTime(), b.getTime())) return false;
    } else if (types.isRegExp(a)) {
      if (!types.isRegExp(b) || String(a) !== String(b) || a.lastIndex !== b.lastIndex) return false;
    } else if (types.isNativeError(a)) {
      if (!types.isNativeError(b) || a.message !== b.message || a.name !== b.name) return false;
      if (!this.partial && (hasOwn(a, "cause") !== hasOwn(b, "cause") || hasOwn(a, "errors") !== hasOwn(b, "errors"))) return false;
      return this.#within(a, b, () => this.equal(a.cause, b.cause) && this.equal(a.errors, b.errors) && this.#properties(a, b, false));
    } else if (ArrayBuffer.isView(a)) {
      if (!sameBytes(a, b, this)) return false;
      return this.#within(a, b, () => this.#properties(a, b, true));
    } else if (types.isSet(a)) {
      if (!types.isSet(b) || (this.partial ? a.size < b.size : a.size !== b.size)) return false;
      return this.#within(a, b, () => this.#sets(a, b) && this.#properties(a, b, false));
    } else if (types.isMap(a)) {
      if (!types.isMap(b) || (this.partial ? a.size < b.size : a.size !== b.size)) return false;
      return this.#within(a, b, () => this.#maps(a, b) && this.#properties(a, b, false));
    } else if (types.isAnyArrayBuffer(a)) {
      if (!types.isAnyArrayBuffer(b) || !sameBytes(new Uint8Array(a), new Uint8Array(b), this)) return false;
    } else if (types.isBoxedPrimitive(a)) {
      if (!types.isBoxedPrimitive(b) || !is(a.valueOf(), b.valueOf())) return false;
    } else if (types.isSet(b) || types.isMap(b) || types.isDate(b) || types.isRegExp(b) || types.isNativeError(b) || ArrayBuffer.isView(b) || types.isBoxedPrimitive(b)) {
      return false;
    } else if (types.isWeakMap(a) || types.isWeakSet(a) || types.isPromise(a)) {
      // What they hold cannot be seen: only the same one is equal.
      return false;
    } else if (typeof URL === "function" && a instanceof URL) {
      if (!(b instanceof URL) || a.href !== b.href) return false;
    }
    return this.#within(a, b, () => this.#properties(a, b, types.isStringObject(a)));
  }

  #within(a, b, compare) {
    for (let i = 0; i < this.#left.length; i++) {
      if (this.#left[i] === a || this.#right[i] === b) return this.#left[i] === a && this.#right[i] === b;
    }
    this.#left.push(a);
    this.#right.push(b);
    const result = compare();
    this.#left.pop();
    this.#right.pop();
    return result;
  }

  #items(a, b) {
    for (let i = 0; i < a.length; i++) {
      if (this.strict && hasOwn(a, i) !== hasOwn(b, i)) return false;
      if (!this.equal(a[i], b[i])) return false;
    }
    return true;
  }

  // Each item of `b` is in `a`, in the same order.
  #someItems(a, b) {
    let at = 0;
    for (const item of b) {
      while (at < a.length && !this.equal(a[at], item)) at++;
      if (at++ === a.length) return false;
    }
    return true;
  }

  #properties(a, b, skipIndices) {
    const keys = keysOf(b, this.strict, skipIndices);
    if (!this.partial && keysOf(a, this.strict, skipIndices).length !== keys.length) return false;
    for (const key of keys) if (!hasOwn(a, key) || !isEnumerable(a, key)) return false;
    for (const key of keys) if (!this.equal(a[key], b[key])) return false;
    return true;
  }

  #sets(a, b) {
    const rest = [];
    for (const item of b) if (!a.has(item)) rest.push(item);
    if (rest.length === 0) return true;
    const candidates = [...a].filter((item) => !b.has(item));
    for (const item of rest) {
      if (this.strict && !isObject(item) && !Number.isNaN(item)) return false;
      const at = candidates.findIndex((candidate) => this.equal(candidate, item));
      if (at === -1) return false;
      candidates.splice(at, 1);
    }
    return true;
  }

  #maps(a, b) {
    const rest = [];
    for (const [key, value] of b) {
      if (a.has(key)) {
        if (!this.equal(a.get(key), value)) return false;
      } else rest.push([key, value]);
    }
    if (rest.length === 0) return true;
    const candidates = [...a].filter(([key]) => !b.has(key));
    for (const [key, value] of rest) {
      const at = candidates.findIndex((candidate) => this.equal(candidate[0], key) && this.equal(candidate[1], value));
      if (at === -1) return false;
      candidates.splice(at, 1);
    }
    return true;
  }
}

function sameBytes(a, b, { strict, partial }) {
  if (!ArrayBuffer.isView(b)) return false;
  if (partial ? a.byteLength < b.byteLength : a.byteLength !== b.byteLength) return false;
  if (!strict && (types.isFloat32Array(a) || types.isFloat64Array(a))) {
    // 0 and -0 are equal here.
    for (let i = 0; i < b.length; i++) if (a[i] !== b[i]) return false;
    return true;
  }
  const [x, y] = [a, b].map((view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  for (let i = 0; i < y.length; i++) if (x[i] !== y[i]) return false;
  return true;
}

Object.assign(exports, {
  isDeepStrictEqual: (a, b) => new Comparison(true).equal(a, b),
  isDeepEqual: (a, b) => new Comparison(false).equal(a, b),
  isPartiallyEqual: (a, b) => new Comparison(true, true).equal(a, b),
});
