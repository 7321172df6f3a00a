// Keys made of secrets: pbkdf2, scrypt, hkdf.
const { ERR_INCOMPATIBLE_OPTION_PAIR, define } = require("internal/errors");
const { validateFunction, validateInteger, validateInt32, validateObject, validateString, validateUint32 } = require("internal/validators");
const process = require("process");
const { native, errorOf, bytesOf, asBuffer } = require("internal/crypto/calls");

const ERR_INVALID_DIGEST = define("ERR_CRYPTO_INVALID_DIGEST", (name) => `Invalid digest: ${name}`, TypeError);
const ERR_INVALID_KEYLEN = define("ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length", RangeError);
const LENGTH_MAX = 2 ** 31 - 1;

function checkDigest(name) {
  validateString(name, "digest");
  if (!ops.node_crypto_has_hash(name)) throw new ERR_INVALID_DIGEST(name);
}

/** Makes the pair `name` and `nameSync` of what turns arguments into those of the native operation. */
function pair(name, prepare, give) {
  return {
    [name](...given) {
      const callback = given.pop();
      const prepared = prepare(given);
      validateFunction(callback, "callback");
      ops.node_crypto_derive_elsewhere(...prepared).then(
        (bytes) => process.nextTick(callback, null, give(bytes)),
        (error) => process.nextTick(callback, errorOf(error)),
      );
    },
    [`${name}Sync`]: (...given) => give(native(ops.node_crypto_derive, ...prepare(given))),
  };
}

function pbkdf2([password, salt, iterations, length, digest]) {
  checkDigest(digest);
  const secret = bytesOf(password, "password");
  const salted = bytesOf(salt, "salt");
  validateInt32(iterations, "iterations", 1);
  validateInt32(length, "keylen", 0);
  return ["pbkdf2", digest, secret, salted, length, iterations];
}

function hkdf([digest, key, salt, info, length]) {
  checkDigest(digest);
  const { secretBytes } = require("internal/crypto/keys");
  const secret = secretBytes(key, "ikm");
  const salted = bytesOf(salt, "salt");
  const information = bytesOf(info, "info");
  validateInteger(length, "length", 0, LENGTH_MAX);
  if (information.byteLength > 1024) {
    const { ERR_OUT_OF_RANGE } = require("internal/errors");
    throw new ERR_OUT_OF_RANGE("info", "must not contain more than 1024 bytes", information.byteLength);
  }
  const size = native(native(ops.node_crypto_hash, digest)).length;
  if (length > 255 * size) throw new ERR_INVALID_KEYLEN();
  return ["hkdf", digest, secret, salted, length, information];
}

const defaults = { N: 16384, r: 8, p: 1, maxmem: 32 * 1024 * 1024 };

function scrypt([password, salt, length, options]) {
  const secret = bytesOf(password, "password");
  const salted = bytesOf(salt, "salt");
  validateInt32(length, "keylen", 0);
  const parameters = { ...defaults };
  if (options) {
    validateObject(options, "options");
    for (const [name, other] of [
      ["N", "cost"],
      ["r", "blockSize"],
      ["p", "parallelization"],
    ]) {
      if (options[name] !== undefined && options[other] !== undefined) throw new ERR_INCOMPATIBLE_OPTION_PAIR(name, other);
      const given = options[name] ?? options[other];
      if (given === undefined) continue;
      validateUint32(given, options[name] === undefined ? other : name);
      // Nought stands for the default.
      parameters[name] = given || defaults[name];
    }
    if (options.maxmem !== undefined) {
      validateInteger(options.maxmem, "maxmem", 0);
      parameters.maxmem = options.maxmem || defaults.maxmem;
    }
  }
  const { N, r, p, maxmem } = parameters;
  const isPower = N > 1 && Number.isInteger(Math.log2(N));
  if (!isPower) {
    const error = new RangeError("Invalid scrypt params: error:030000E2:digital envelope routines::invalid parameters");
    error.code = "ERR_CRYPTO_INVALID_SCRYPT_PARAMS";
    throw error;
  }
  if (128 * N * r > maxmem) {
    const error = new RangeError("Invalid scrypt params: error:030000AC:digital envelope routines::memory limit exceeded");
    error.code = "ERR_CRYPTO_INVALID_SCRYPT_PARAMS";
    throw error;
  }
  return ["scrypt", "", secret, salted, length, N, r, p, maxmem];
}

const toArrayBuffer = (bytes) => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);

return { ...pair("pbkdf2", pbkdf2, asBuffer), ...pair("scrypt", scrypt, asBuffer), ...pair("hkdf", hkdf, toArrayBuffer) };
