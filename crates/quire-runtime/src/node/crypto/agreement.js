// DiffieHellman, ECDH, diffieHellman().
const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, define } = require("internal/errors");
const { validateInt32, validateObject, validateString } = require("internal/validators");
const { Buffer } = require("buffer");
const { native, bytesOf, isBytes, asBuffer, output } = require("internal/crypto/calls");
const { KeyObject, materialOf } = require("internal/crypto/keys");

const ERR_INVALID_KEY_TYPE = define("ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE", (got, expected) => `Invalid key object type ${got}, expected ${expected}.`, TypeError);
const ERR_INCOMPATIBLE_KEY = define("ERR_CRYPTO_INCOMPATIBLE_KEY", (what, text) => `Incompatible ${what}: ${text}`);
const noKey = (half) => Object.assign(new Error(`No ${half} key - did you forget to generate one?`), { code: "ERR_CRYPTO_INVALID_STATE" });

class DiffieHellman {
  #prime;
  #generator;
  #private;
  #public;

  constructor(prime, generator) {
    this.#prime = prime;
    this.#generator = generator;
    this.verifyError = 0;
  }
  generateKeys(encoding) {
    this.#private ??= native(ops.node_crypto_dh_generate, this.#prime, this.#generator);
    this.#public = native(ops.node_crypto_dh_power, this.#generator, this.#private, this.#prime);
    return this.getPublicKey(encoding);
  }
  computeSecret(other, inputEncoding, outputEncoding) {
    if (this.#private === undefined) throw noKey("private");
    const key = bytesOf(other, "otherPublicKey", inputEncoding);
    return output(native(ops.node_crypto_dh_power, key, this.#private, this.#prime), outputEncoding);
  }
  getPrime(encoding) {
    return output(Buffer.from(this.#prime), encoding);
  }
  getGenerator(encoding) {
    return output(Buffer.from(this.#generator), encoding);
  }
  getPublicKey(encoding) {
    if (this.#public === undefined) throw noKey("public");
    return output(Buffer.from(this.#public), encoding);
  }
  getPrivateKey(encoding) {
    if (this.#private === undefined) throw noKey("private");
    return output(Buffer.from(this.#private), encoding);
  }
  setPublicKey(key, encoding) {
    this.#public = bytesOf(key, "key", encoding);
    return this;
  }
  setPrivateKey(key, encoding) {
    this.#private = bytesOf(key, "key", encoding);
    return this;
  }
}

class DiffieHellmanGroup extends DiffieHellman {}
DiffieHellmanGroup.prototype.setPublicKey = DiffieHellmanGroup.prototype.setPrivateKey = undefined;

function numberBytes(value, name, encoding) {
  if (typeof value !== "number") return bytesOf(value, name, encoding);
  validateInt32(value, name);
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 ? `0${hex}` : hex, "hex");
}

function createDiffieHellman(sizeOrPrime, keyEncoding, generator, generatorEncoding) {
  if (typeof sizeOrPrime !== "number" && typeof sizeOrPrime !== "string" && !isBytes(sizeOrPrime)) {
    throw new ERR_INVALID_ARG_TYPE("sizeOrKey", ["number", "string", "ArrayBuffer", "Buffer", "TypedArray", "DataView"], sizeOrPrime);
  }
  let [encoding, base, baseEncoding] = [keyEncoding, generator, generatorEncoding];
  if (encoding && !Buffer.isEncoding(encoding) && encoding !== "buffer") [encoding, base, baseEncoding] = [undefined, keyEncoding, generator];
  const g = numberBytes(base || 2, "generator", baseEncoding);
  if (typeof sizeOrPrime === "number") {
    validateInt32(sizeOrPrime, "sizeOrKey", 2);
    return new DiffieHellman(native(ops.node_crypto_dh_prime, sizeOrPrime, g.at(-1)), g);
  }
  return new DiffieHellman(bytesOf(sizeOrPrime, "sizeOrKey", encoding), g);
}

function getDiffieHellman(name) {
  validateString(name, "name");
  return new DiffieHellmanGroup(native(ops.node_crypto_dh_group, name.toLowerCase()), Uint8Array.of(2));
}

class ECDH {
  #curve;
  #private;
  #public;

  constructor(curve) {
    validateString(curve, "curve");
    // A wrong name is told now.
    native(ops.node_crypto_ecdh_generate, curve);
    this.#curve = curve;
  }
  static convertKey(key, curve, inputEncoding, outputEncoding, format) {
    validateString(curve, "curve");
    const bytes = bytesOf(key, "key", inputEncoding);
    return output(native(ops.node_crypto_ecdh_convert, curve, bytes, formOf(format)), outputEncoding);
  }
  generateKeys(encoding, format) {
    this.#private = native(ops.node_crypto_ecdh_generate, this.#curve);
    this.#public = undefined;
    return this.getPublicKey(encoding, format);
  }
  computeSecret(other, inputEncoding, outputEncoding) {
    if (this.#private === undefined) throw noKey("private");
    const key = bytesOf(other, "otherPublicKey", inputEncoding);
    return output(native(ops.node_crypto_ecdh_secret, this.#curve, this.#private, key), outputEncoding);
  }
  getPublicKey(encoding, format) {
    const form = formOf(format);
    if (this.#public !== undefined) return output(native(ops.node_crypto_ecdh_convert, this.#curve, this.#public, form), encoding);
    if (this.#private === undefined) throw Object.assign(new Error("Failed to get ECDH public key"), { code: "ERR_CRYPTO_OPERATION_FAILED" });
    return output(native(ops.node_crypto_ecdh_public, this.#curve, this.#private, form), encoding);
  }
  getPrivateKey(encoding) {
    if (this.#private === undefined) throw Object.assign(new Error("Failed to get ECDH private key"), { code: "ERR_CRYPTO_OPERATION_FAILED" });
    return output(Buffer.from(this.#private), encoding);
  }
  setPrivateKey(key, encoding) {
    const bytes = Uint8Array.from(bytesOf(key, "key", encoding));
    native(ops.node_crypto_ecdh_public, this.#curve, bytes, "compressed");
    this.#private = bytes;
    this.#public = undefined;
    return this;
  }
  setPublicKey(key, encoding) {
    const bytes = Uint8Array.from(bytesOf(key, "key", encoding));
    native(ops.node_crypto_ecdh_convert, this.#curve, bytes, "compressed");
    this.#public = bytes;
    return this;
  }
}

function formOf(format) {
  if (format === undefined || format === null) return "uncompressed";
  if (format === "compressed" || format === "hybrid" || format === "uncompressed") return format;
  throw Object.assign(new TypeError(`Invalid ECDH format: ${format}`), { code: "ERR_CRYPTO_ECDH_INVALID_FORMAT" });
}

function diffieHellman(options) {
  validateObject(options, "options");
  const { privateKey, publicKey } = options;
  if (!(privateKey instanceof KeyObject)) throw new ERR_INVALID_ARG_VALUE("options.privateKey", privateKey);
  if (!(publicKey instanceof KeyObject)) throw new ERR_INVALID_ARG_VALUE("options.publicKey", publicKey);
  if (privateKey.type !== "private") throw new ERR_INVALID_KEY_TYPE(privateKey.type, "private");
  if (publicKey.type !== "public" && publicKey.type !== "private") throw new ERR_INVALID_KEY_TYPE(publicKey.type, "private or public");
  const [one, other] = [privateKey.asymmetricKeyType, publicKey.asymmetricKeyType];
  if (one !== other || !["dh", "ec", "x25519", "x448"].includes(one)) {
    throw new ERR_INCOMPATIBLE_KEY("key types for Diffie-Hellman", `${one} and ${other}`);
  }
  const handle = publicKey.type === "private" ? native(materialOf(publicKey), "public") : materialOf(publicKey);
  const der = native(handle, "write", false, "spki");
  return asBuffer(native(materialOf(privateKey), "agree", der));
}

/** These are callable without `new`. */
function callable(Class, make) {
  const made = function (...given) {
    return make(...given);
  };
  Object.defineProperty(made, "name", { value: Class.name });
  made.prototype = Class.prototype;
  Object.setPrototypeOf(made, Class);
  Class.prototype.constructor = made;
  return made;
}

return {
  DiffieHellman: callable(DiffieHellman, createDiffieHellman),
  DiffieHellmanGroup: callable(DiffieHellmanGroup, getDiffieHellman),
  ECDH: callable(ECDH, (curve) => new ECDH(curve)),
  createDiffieHellman,
  createDiffieHellmanGroup: getDiffieHellman,
  getDiffieHellman,
  createECDH: (curve) => new ECDH(curve),
  diffieHellman,
};
