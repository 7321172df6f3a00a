// Random bytes, numbers and primes.
const { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } = require("internal/errors");
const { validateBoolean, validateFunction, validateInt32, validateNumber, validateObject } = require("internal/validators");
const process = require("process");
const { Buffer, kMaxLength } = require("buffer");
const { native, errorOf, isBytes } = require("internal/crypto/calls");
const { crypto } = globalThis;

/** Gives a result in the next tick, or at once to those without a callback. */
function deliver(callback, run) {
  if (callback === undefined) return run();
  validateFunction(callback, "callback");
  let result;
  let failure = null;
  try {
    result = run();
  } catch (error) {
    failure = error;
  }
  if (failure) process.nextTick(callback, failure);
  else process.nextTick(callback, null, result);
  return undefined;
}

function checkSize(size, name, max) {
  validateNumber(size, name);
  if (Number.isNaN(size) || size > max || size < 0) throw new ERR_OUT_OF_RANGE(name, `>= 0 && <= ${max}`, size);
  return size >>> 0;
}

function randomBytes(size, callback) {
  const length = checkSize(size, "size", Math.min(kMaxLength, 2 ** 31 - 1));
  if (callback !== undefined) validateFunction(callback, "callback");
  return deliver(callback, () => {
    const bytes = Buffer.alloc(length);
    native(ops.node_crypto_random_fill, bytes);
    return bytes;
  });
}

function fill(buffer, offset, size) {
  if (!isBytes(buffer)) throw new ERR_INVALID_ARG_TYPE("buf", ["ArrayBuffer", "ArrayBufferView"], buffer);
  const element = buffer.BYTES_PER_ELEMENT ?? 1;
  const start = offset === undefined ? 0 : checkSize(offset * element, "offset", buffer.byteLength);
  const length = size === undefined ? buffer.byteLength - start : checkSize(size * element, "size", buffer.byteLength);
  if (start + length > buffer.byteLength) throw new ERR_OUT_OF_RANGE("size + offset", `<= ${buffer.byteLength}`, start + length);
  const bytes = ArrayBuffer.isView(buffer) ? new Uint8Array(buffer.buffer, buffer.byteOffset + start, length) : new Uint8Array(buffer, start, length);
  native(ops.node_crypto_random_fill, bytes);
  return buffer;
}

const randomFillSync = (buffer, offset, size) => fill(buffer, offset, size);

function randomFill(buffer, ...given) {
  const callback = given.find((value) => typeof value === "function") ?? given.at(-1);
  validateFunction(callback, "callback");
  const [offset, size] = given.slice(0, given.indexOf(callback));
  if (!isBytes(buffer)) throw new ERR_INVALID_ARG_TYPE("buf", ["ArrayBuffer", "ArrayBufferView"], buffer);
  deliver(callback, () => fill(buffer, offset, size));
}

const RANGE_MAX = 2 ** 48 - 1;

function randomInt(...given) {
  const callback = typeof given.at(-1) === "function" ? given.pop() : undefined;
  const [min, max] = given.length < 2 || given[1] === undefined ? [0, given[0]] : given;
  if (!Number.isSafeInteger(min)) throw new ERR_INVALID_ARG_TYPE("min", "a safe integer", min);
  if (!Number.isSafeInteger(max)) throw new ERR_INVALID_ARG_TYPE("max", "a safe integer", max);
  if (max <= min) throw new ERR_OUT_OF_RANGE("max", `greater than the value of "min" (${min})`, max);
  const range = max - min;
  if (range > RANGE_MAX) throw new ERR_OUT_OF_RANGE(given.length < 2 ? "max" : "max - min", `<= ${RANGE_MAX}`, range);
  return deliver(callback, () => {
    // Beyond the last multiple of the range some numbers would come more often.
    const limit = 2 ** 48 - (2 ** 48 % range);
    const bytes = Buffer.alloc(6);
    for (;;) {
      native(ops.node_crypto_random_fill, bytes);
      const number = bytes.readUIntBE(0, 6);
      if (number < limit) return (number % range) + min;
    }
  });
}

function randomUUID(options) {
  if (options !== undefined) {
    validateObject(options, "options");
    if (options.disableEntropyCache !== undefined) validateBoolean(options.disableEntropyCache, "options.disableEntropyCache");
  }
  return crypto.randomUUID();
}

// Primes.

function numberBytes(value, name) {
  if (typeof value === "bigint") {
    if (value < 0n) throw new ERR_OUT_OF_RANGE(name, ">= 0", value);
    const hex = value.toString(16);
    return Buffer.from(hex.length % 2 ? `0${hex}` : hex, "hex");
  }
  if (isBytes(value)) return value;
  throw new ERR_INVALID_ARG_TYPE(name, ["ArrayBuffer", "TypedArray", "Buffer", "DataView", "bigint"], value);
}

function primeArguments(size, options) {
  validateInt32(size, "size", 1);
  if (options !== undefined) validateObject(options, "options");
  const { safe = false, bigint = false, add, rem } = options ?? {};
  validateBoolean(safe, "options.safe");
  validateBoolean(bigint, "options.bigint");
  const given = [size, safe, add === undefined ? undefined : numberBytes(add, "options.add"), rem === undefined ? undefined : numberBytes(rem, "options.rem")];
  const give = (bytes) => (bigint ? BigInt(`0x${Buffer.from(bytes).toString("hex") || "0"}`) : bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return { given, give };
}

function generatePrimeSync(size, options) {
  const { given, give } = primeArguments(size, options);
  return give(native(ops.node_crypto_prime, ...given));
}

function generatePrime(size, givenOptions, givenCallback) {
  const [options, callback] = typeof givenOptions === "function" ? [undefined, givenOptions] : [givenOptions, givenCallback];
  validateFunction(callback, "callback");
  const { given, give } = primeArguments(size, options);
  ops.node_crypto_prime_elsewhere(...given).then(
    (bytes) => process.nextTick(callback, null, give(bytes)),
    (error) => process.nextTick(callback, errorOf(error)),
  );
}

function checkPrimeSync(candidate, options) {
  if (options !== undefined) validateObject(options, "options");
  return native(ops.node_crypto_is_prime, numberBytes(candidate, "candidate"), options?.checks ?? 0);
}

function checkPrime(candidate, givenOptions, givenCallback) {
  const [options, callback] = typeof givenOptions === "function" ? [undefined, givenOptions] : [givenOptions, givenCallback];
  validateFunction(callback, "callback");
  ops.node_crypto_is_prime_elsewhere(numberBytes(candidate, "candidate"), options?.checks ?? 0).then(
    (isPrime) => process.nextTick(callback, null, isPrime),
    (error) => process.nextTick(callback, errorOf(error)),
  );
}

return { randomBytes, pseudoRandomBytes: randomBytes, prng: randomBytes, rng: randomBytes, randomFill, randomFillSync, randomInt, randomUUID, generatePrime, generatePrimeSync, checkPrime, checkPrimeSync };
