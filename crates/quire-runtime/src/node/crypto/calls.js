// Calls of native operations, whose errors come as text; bytes in and out.
const { ERR_INVALID_ARG_TYPE } = require("internal/errors");
const { Buffer } = require("buffer");

const rangeErrors = new Set(["ERR_CRYPTO_INVALID_KEYLEN", "ERR_CRYPTO_INVALID_SCRYPT_PARAMS"]);
const typeErrors = new Set(["ERR_CRYPTO_INVALID_IV", "ERR_CRYPTO_INVALID_DIGEST", "ERR_CRYPTO_INVALID_CURVE", "ERR_MISSING_PASSPHRASE", "ERR_CRYPTO_INVALID_JWK"]);

/** Errors of these parts of OpenSSL have their name in the code. */
const prefixes = { __proto__: null, "rsa routines": "RSA", "digital envelope routines": "EVP", "elliptic curve routines": "EC", "asn1 encoding routines": "ASN1" };

/** The error of a native operation, as Node makes it. */
function errorOf(thrown) {
  const [mark, code, message] = String(thrown?.message).split("\n");
  if (mark !== "node:crypto" || message === undefined) return thrown;
  const Class = rangeErrors.has(code) ? RangeError : typeErrors.has(code) ? TypeError : Error;
  const error = new Class(message);
  if (code !== "") error.code = code;
  const parts = /^error:[0-9A-F]+:([^:]*)::(.*)$/.exec(message);
  if (parts !== null) {
    error.library = parts[1];
    const prefix = prefixes[parts[1]];
    if (prefix !== undefined) error.code = code.replace("ERR_OSSL_", `ERR_OSSL_${prefix}_`);
    error.reason = parts[2];
  }
  return error;
}

function native(run, ...given) {
  try {
    return run(...given);
  } catch (thrown) {
    throw errorOf(thrown);
  }
}

// Some builds of the engine have no shared memory.
const SharedBuffer = globalThis.SharedArrayBuffer ?? ArrayBuffer;
const isBytes = (value) => ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof SharedBuffer;
const asBuffer = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** What a program gives as data. */
function bytesOf(value, name, encoding) {
  if (typeof value === "string") return Buffer.from(value, encoding === "buffer" ? "utf8" : encoding);
  if (isBytes(value)) return value;
  throw new ERR_INVALID_ARG_TYPE(name, ["string", "ArrayBuffer", "Buffer", "TypedArray", "DataView"], value);
}

/** What a program gets: a Buffer, or text if it named an encoding. */
function output(bytes, encoding) {
  const buffer = asBuffer(bytes);
  return encoding && encoding !== "buffer" ? buffer.toString(encoding) : buffer;
}

/** Makes a class whose stream half only comes into being when someone uses it. */
function lazyStream(Class, Base, kOptions) {
  Object.setPrototypeOf(Class.prototype, Base.prototype);
  Object.setPrototypeOf(Class, Base);
  for (const name of ["_readableState", "_writableState"]) {
    Object.defineProperty(Class.prototype, name, {
      configurable: true,
      enumerable: true,
      get() {
        for (const each of ["_readableState", "_writableState"]) {
          Object.defineProperty(this, each, { value: undefined, configurable: true, enumerable: true, writable: true });
        }
        Base.call(this, this[kOptions]);
        return this[name];
      },
      set(value) {
        Object.defineProperty(this, name, { value, configurable: true, enumerable: true, writable: true });
      },
    });
  }
}

return { native, errorOf, isBytes, asBuffer, bytesOf, output, lazyStream };
