// Hash, Hmac, hash(), timingSafeEqual().
const { ERR_CRYPTO_HASH_FINALIZED, ERR_INVALID_ARG_TYPE, define } = require("internal/errors");
const { validateString, validateUint32 } = require("internal/validators");
const { Transform } = require("stream");
const { Buffer } = require("buffer");
const { native, isBytes, bytesOf, output, lazyStream } = require("internal/crypto/calls");

const kHash = Symbol("kHash");
const kOptions = Symbol("kOptions");
const ERR_LENGTH = define("ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH", "Input buffers must have the same byte length", RangeError);

function Hash(algorithm, options) {
  if (!(this instanceof Hash)) return new Hash(algorithm, options);
  if (typeof algorithm === "function") {
    // A copy: the function makes the hasher.
    this[kHash] = { algorithm: undefined, hasher: algorithm(), length: options?.outputLength, isOver: false };
  } else {
    validateString(algorithm, "algorithm");
    if (options?.outputLength !== undefined) validateUint32(options.outputLength, "options.outputLength");
    this[kHash] = { algorithm, hasher: native(ops.node_crypto_hash, algorithm), length: options?.outputLength, isOver: false };
  }
  this[kOptions] = options;
}
lazyStream(Hash, Transform, kOptions);

Hash.prototype.copy = function copy(options) {
  const { hasher, isOver, length } = this[kHash];
  if (isOver) throw new ERR_CRYPTO_HASH_FINALIZED();
  return new Hash(() => native(hasher, 0, 0, 0), { outputLength: length, ...options });
};

Hash.prototype._transform = function _transform(chunk, encoding, callback) {
  this.update(chunk, encoding);
  callback();
};
Hash.prototype._flush = function _flush(callback) {
  this.push(this.digest());
  callback();
};

Hash.prototype.update = function update(data, encoding) {
  const state = this[kHash];
  if (state.isOver) throw new ERR_CRYPTO_HASH_FINALIZED();
  if (typeof data !== "string" && !isBytes(data)) {
    throw new ERR_INVALID_ARG_TYPE("data", ["string", "Buffer", "TypedArray", "DataView"], data);
  }
  native(state.hasher, bytesOf(data, "data", encoding));
  return this;
};

Hash.prototype.digest = function digest(encoding) {
  const state = this[kHash];
  if (state.isOver) throw new ERR_CRYPTO_HASH_FINALIZED();
  state.isOver = true;
  return output(digestOf(state.hasher, state.algorithm, state.length), encoding);
};

const isExtendable = (algorithm) => /^shake/i.test(algorithm ?? "");

/** The digest; of functions whose length is free as long as wished. */
function digestOf(hasher, algorithm, length) {
  if (length === undefined) return native(hasher);
  if (length === 0) return new Uint8Array(0);
  if (algorithm === undefined || isExtendable(algorithm)) return native(hasher, 0, length);
  const digest = native(hasher);
  if (digest.length !== length) {
    throw Object.assign(new Error("Unsupported state or unable to authenticate data"), { code: "ERR_OSSL_EVP_NOT_XOF_OR_INVALID_LENGTH" });
  }
  return digest;
}

function Hmac(algorithm, key, options) {
  if (!(this instanceof Hmac)) return new Hmac(algorithm, key, options);
  validateString(algorithm, "hmac");
  const { secretBytes } = require("internal/crypto/keys");
  const secret = secretBytes(key, "key", options?.encoding);
  this[kHash] = { hasher: native(ops.node_crypto_hmac, algorithm, secret), isOver: false };
  this[kOptions] = options;
}
lazyStream(Hmac, Transform, kOptions);
Hmac.prototype._transform = Hash.prototype._transform;
Hmac.prototype._flush = Hash.prototype._flush;
Hmac.prototype.update = Hash.prototype.update;

Hmac.prototype.digest = function digest(encoding) {
  const state = this[kHash];
  // Asked again there is nothing, as it always was.
  if (state.isOver) return encoding && encoding !== "buffer" ? "" : Buffer.alloc(0);
  state.isOver = true;
  return output(native(state.hasher), encoding);
};

/** A digest of one piece. */
function hash(algorithm, data, options) {
  validateString(algorithm, "algorithm");
  const given = typeof options === "string" ? { outputEncoding: options } : options;
  const encoding = given?.outputEncoding ?? "hex";
  if (typeof data !== "string" && !isBytes(data)) {
    throw new ERR_INVALID_ARG_TYPE("input", ["Buffer", "TypedArray", "DataView", "string"], data);
  }
  const hasher = native(ops.node_crypto_hash, algorithm);
  native(hasher, bytesOf(data, "input", "utf8"));
  return output(digestOf(hasher, algorithm, given?.outputLength), encoding);
}

function timingSafeEqual(one, other) {
  if (!isBytes(one)) throw new ERR_INVALID_ARG_TYPE("buf1", ["ArrayBuffer", "Buffer", "TypedArray", "DataView"], one);
  if (!isBytes(other)) throw new ERR_INVALID_ARG_TYPE("buf2", ["ArrayBuffer", "Buffer", "TypedArray", "DataView"], other);
  if (one.byteLength !== other.byteLength) throw new ERR_LENGTH();
  return ops.crypto_equal(one, other);
}

const NAMES = `RSA-MD5 RSA-RIPEMD160 RSA-SHA1 RSA-SHA1-2 RSA-SHA224 RSA-SHA256 RSA-SHA3-224 RSA-SHA3-256 RSA-SHA3-384 RSA-SHA3-512
RSA-SHA384 RSA-SHA512 RSA-SHA512/224 RSA-SHA512/256 blake2b512 blake2s256 md5 md5-sha1 ripemd ripemd160 rmd160 sha1 sha224 sha256 sha3-224
sha3-256 sha3-384 sha3-512 sha384 sha512 sha512-224 sha512-256 shake128 shake256 sm3`.split(/\s+/);
let known;
const getHashes = () => [...(known ??= NAMES.filter((name) => ops.node_crypto_has_hash(name)))];

return { Hash, Hmac, createHash: (algorithm, options) => new Hash(algorithm, options), createHmac: (algorithm, key, options) => new Hmac(algorithm, key, options), hash, timingSafeEqual, getHashes };
