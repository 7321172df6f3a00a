// Sign, Verify, and both at once.
const { ERR_CRYPTO_SIGN_KEY_REQUIRED, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } = require("internal/errors");
const { validateFunction, validateString } = require("internal/validators");
const { Writable } = require("stream");
const { Buffer } = require("buffer");
const process = require("process");
const { native, isBytes, asBuffer, bytesOf, output } = require("internal/crypto/calls");
const { readKey } = require("internal/crypto/keys");

const kState = Symbol("kState");
const RSA_PKCS1_PADDING = 1;

/** How to sign, out of the options that come with the key. */
function manner(algorithm, key) {
  const options = key !== null && typeof key === "object" && !isBytes(key) ? key : {};
  const { padding, saltLength, dsaEncoding = "der" } = options;
  if (padding !== undefined && !Number.isInteger(padding)) throw new ERR_INVALID_ARG_VALUE("options.padding", padding);
  if (saltLength !== undefined && !Number.isInteger(saltLength)) throw new ERR_INVALID_ARG_VALUE("options.saltLength", saltLength);
  if (dsaEncoding !== "der" && dsaEncoding !== "ieee-p1363") throw new ERR_INVALID_ARG_VALUE("options.dsaEncoding", dsaEncoding);
  return [algorithm ?? undefined, padding ?? RSA_PKCS1_PADDING, saltLength, dsaEncoding === "ieee-p1363"];
}

function checkAlgorithm(algorithm) {
  if (ops.node_crypto_has_hash(algorithm)) return;
  const error = new Error(`Invalid digest: ${algorithm}`);
  error.code = "ERR_CRYPTO_INVALID_DIGEST";
  throw error;
}

function define(Class) {
  Object.setPrototypeOf(Class.prototype, Writable.prototype);
  Object.setPrototypeOf(Class, Writable);
  Class.prototype._write = function _write(chunk, encoding, callback) {
    this.update(chunk, encoding);
    callback();
  };
  Class.prototype.update = function update(data, encoding) {
    // What the program does with its bytes afterwards must not matter.
    this[kState].parts.push(Buffer.from(asBuffer(viewOf(bytesOf(data, "data", encoding)))));
    return this;
  };
}
const viewOf = (bytes) => (ArrayBuffer.isView(bytes) ? bytes : new Uint8Array(bytes));

function start(stream, algorithm, options) {
  validateString(algorithm, "algorithm");
  checkAlgorithm(algorithm);
  stream[kState] = { algorithm, parts: [] };
  Writable.call(stream, options);
}

function Sign(algorithm, options) {
  if (!(this instanceof Sign)) return new Sign(algorithm, options);
  start(this, algorithm, options);
}
define(Sign);

Sign.prototype.sign = function sign(key, encoding) {
  if (!key) throw new ERR_CRYPTO_SIGN_KEY_REQUIRED();
  const { algorithm, parts } = this[kState];
  const given = manner(algorithm, key);
  const signature = native(readKey(key, true), "sign", Buffer.concat(parts), ...given);
  return output(signature, encoding);
};

function Verify(algorithm, options) {
  if (!(this instanceof Verify)) return new Verify(algorithm, options);
  start(this, algorithm, options);
}
define(Verify);

Verify.prototype.verify = function verify(key, signature, encoding) {
  const { algorithm, parts } = this[kState];
  const given = manner(algorithm, key);
  const handle = readKey(key, false);
  return native(handle, "verify", Buffer.concat(parts), bytesOf(signature, "signature", encoding), ...given);
};

/** Runs at once, or tells a callback in the next tick. */
function deliver(callback, run) {
  if (callback === undefined) return run();
  validateFunction(callback, "callback");
  let result;
  try {
    result = run();
  } catch (error) {
    process.nextTick(callback, error);
    return undefined;
  }
  process.nextTick(callback, null, result);
  return undefined;
}

/** What is to be signed. */
function dataOf(algorithm, data) {
  if (algorithm != null) {
    validateString(algorithm, "algorithm");
    checkAlgorithm(algorithm);
  }
  return bytesOf(data, "data");
}

function sign(algorithm, data, key, callback) {
  const bytes = dataOf(algorithm, data);
  if (!key) throw new ERR_CRYPTO_SIGN_KEY_REQUIRED();
  const given = manner(algorithm, key);
  const handle = readKey(key, true);
  return deliver(callback, () => asBuffer(native(handle, "sign", bytes, ...given)));
}

function verify(algorithm, data, key, signature, callback) {
  const bytes = dataOf(algorithm, data);
  if (!isBytes(signature)) throw new ERR_INVALID_ARG_TYPE("signature", ["ArrayBuffer", "Buffer", "TypedArray", "DataView"], signature);
  const given = manner(algorithm, key);
  const handle = readKey(key, false);
  return deliver(callback, () => native(handle, "verify", bytes, signature, ...given));
}

return { Sign, Verify, createSign: (algorithm, options) => new Sign(algorithm, options), createVerify: (algorithm, options) => new Verify(algorithm, options), sign, verify };
