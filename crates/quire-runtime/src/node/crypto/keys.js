// KeyObject and its kinds; what a program may give as a key.
const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, define } = require("internal/errors");
const { validateObject, validateOneOf, validateString } = require("internal/validators");
const { Buffer } = require("buffer");
const { native, isBytes, asBuffer, bytesOf } = require("internal/crypto/calls");
const { CryptoKey } = globalThis;

const ERR_INVALID_KEY_TYPE = define("ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE", (got, expected) => `Invalid key object type ${got}, expected ${expected}.`, TypeError);
const ERR_INCOMPATIBLE = define("ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS", (format, reason) => `The selected key encoding ${format} ${reason}.`);
const ERR_INVALID_JWK = define("ERR_CRYPTO_INVALID_JWK", "Invalid JWK data", TypeError);

/** Only this file makes keys. */
const secret = Symbol();
let materialOf;

class KeyObject {
  #type;
  #material;

  static {
    // A function for pairs (see node/crypto/key_handle.rs), bytes for secrets.
    materialOf = (key) => key.#material;
  }

  constructor(type, material, mark) {
    if (type !== "secret" && type !== "public" && type !== "private") throw new ERR_INVALID_ARG_VALUE("type", type);
    if (mark !== secret) throw new ERR_INVALID_ARG_TYPE("handle", "object", material);
    this.#type = type;
    this.#material = material;
  }
  get type() {
    return this.#type;
  }
  get [Symbol.toStringTag]() {
    return "KeyObject";
  }
  static from(key) {
    if (!(key instanceof CryptoKey)) throw new ERR_INVALID_ARG_TYPE("key", "CryptoKey", key);
    return require("internal/crypto/crypto-key").fromCryptoKey(key);
  }
  equals(other) {
    if (!(other instanceof KeyObject)) throw new ERR_INVALID_ARG_TYPE("otherKeyObject", "KeyObject", other);
    if (this.type !== other.type) return false;
    const bytes = (key) => (key.type === "secret" ? materialOf(key) : native(materialOf(key), "write", false));
    const [one, two] = [bytes(this), bytes(other)];
    return one.byteLength === two.byteLength && ops.crypto_equal(one, two);
  }
}

class SecretKeyObject extends KeyObject {
  get symmetricKeySize() {
    return materialOf(this).byteLength;
  }
  export(options) {
    if (options !== undefined) {
      validateObject(options, "options");
      validateOneOf(options.format, "options.format", [undefined, "buffer", "jwk"]);
      if (options.format === "jwk") return { kty: "oct", k: Buffer.from(materialOf(this)).toString("base64url") };
    }
    return Buffer.from(materialOf(this));
  }
}

const detailNames = { rsa: 2, "rsa-pss": 2, dsa: 1, ec: 3 };

class AsymmetricKeyObject extends KeyObject {
  get asymmetricKeyType() {
    return native(materialOf(this), "kind");
  }
  get asymmetricKeyDetails() {
    const has = detailNames[this.asymmetricKeyType];
    if (has === undefined) return {};
    const [modulusLength, publicExponent, namedCurve] = native(materialOf(this), "details");
    if (has === 3) return { namedCurve };
    return has === 2 ? { modulusLength, publicExponent: BigInt(publicExponent) } : { modulusLength };
  }
  export(options) {
    validateObject(options, "options");
    return encode(this, options);
  }
}
class PublicKeyObject extends AsymmetricKeyObject {}
class PrivateKeyObject extends AsymmetricKeyObject {}

const secretKey = (bytes) => new SecretKeyObject("secret", bytes, secret);
const keyOf = (handle) =>
  native(handle, "type") === "private" ? new PrivateKeyObject("private", handle, secret) : new PublicKeyObject("public", handle, secret);

// Writing.

const jwkNumbers = { __proto__: null, RSA: ["n", "e", "d", "p", "q", "dp", "dq", "qi"], EC: ["x", "y", "d"], OKP: ["x", "d"] };

function toJwk(key) {
  const [kty, crv, ...numbers] = native(materialOf(key), "jwk");
  const jwk = { kty };
  if (crv !== "") jwk.crv = crv;
  for (const [index, number] of numbers.entries()) jwk[jwkNumbers[kty][index]] = asBuffer(number).toString("base64url");
  return jwk;
}

/** A key as a program wants it: `options` are those of KeyObject.export() and of generateKeyPair(). */
function encode(key, options, name = "options") {
  const { format, type, cipher, passphrase } = options;
  if (format === "jwk") {
    if (passphrase !== undefined) throw new ERR_INCOMPATIBLE("jwk", "does not support encryption");
    return toJwk(key);
  }
  if (format !== "pem" && format !== "der") throw new ERR_INVALID_ARG_VALUE(`${name}.format`, format);
  const isPrivate = key.type === "private";
  const kind = key.asymmetricKeyType;
  const kinds = isPrivate ? ["pkcs1", "pkcs8", "sec1"] : ["pkcs1", "spki"];
  if (!kinds.includes(type)) throw new ERR_INVALID_ARG_VALUE(`${name}.type`, type);
  if (type === "pkcs1" && kind !== "rsa") throw new ERR_INCOMPATIBLE("pkcs1", "can only be used for RSA keys");
  if (type === "sec1" && kind !== "ec") throw new ERR_INCOMPATIBLE("sec1", "can only be used for EC keys");
  let given = [undefined, undefined];
  if (isPrivate && (cipher != null || passphrase !== undefined)) {
    if (typeof cipher !== "string") throw new ERR_INVALID_ARG_VALUE(`${name}.cipher`, cipher);
    if (format === "der" && type !== "pkcs8") throw new ERR_INCOMPATIBLE(type, "does not support encryption");
    if (typeof passphrase !== "string" && !isBytes(passphrase)) throw new ERR_INVALID_ARG_VALUE(`${name}.passphrase`, passphrase);
    given = [bytesOf(passphrase, `${name}.passphrase`), cipher];
  }
  const bytes = asBuffer(native(materialOf(key), "write", format === "pem", type, ...given));
  return format === "pem" ? bytes.toString("latin1") : bytes;
}

// Reading.

function fromJwk(jwk) {
  validateObject(jwk, "key");
  const names = jwkNumbers[jwk.kty];
  if (names === undefined) throw new ERR_INVALID_JWK();
  const isPrivate = jwk.d !== undefined;
  const wanted = isPrivate ? names : names.slice(0, names.indexOf("d"));
  const numbers = wanted.map((name) => Buffer.from(typeof jwk[name] === "string" ? jwk[name] : "", "base64url"));
  if (numbers.some((number) => number.length === 0)) throw new ERR_INVALID_JWK();
  if (jwk.kty !== "RSA") validateString(jwk.crv, "key.crv");
  return native(ops.node_crypto_key_from_jwk, jwk.kty, jwk.crv ?? "", ...numbers);
}

const inputs = ["ArrayBuffer", "Buffer", "TypedArray", "DataView", "string", "KeyObject", "CryptoKey"];

/** The handle of what a program gives as a key: a KeyObject, a CryptoKey, text, bytes, or an object with one of these. */
function readKey(given, wantsPrivate, name = "key") {
  if (given instanceof KeyObject) return handleFor(given, wantsPrivate);
  if (given instanceof CryptoKey) return handleFor(KeyObject.from(given), wantsPrivate);
  if (typeof given === "string" || isBytes(given)) return readText(given, wantsPrivate, {}, name);
  if (given === null || typeof given !== "object") throw new ERR_INVALID_ARG_TYPE(name, inputs, given);
  const { key, format } = given;
  if (key instanceof KeyObject) return handleFor(key, wantsPrivate);
  if (key instanceof CryptoKey) return handleFor(KeyObject.from(key), wantsPrivate);
  if (format === "jwk") {
    const handle = fromJwk(key);
    if (native(handle, "type") === (wantsPrivate ? "private" : "public")) return handle;
    if (wantsPrivate) throw new ERR_INVALID_JWK();
    return native(handle, "public");
  }
  if (typeof key !== "string" && !isBytes(key)) throw new ERR_INVALID_ARG_TYPE(`${name}.key`, inputs, key);
  return readText(key, wantsPrivate, given, name);
}

function handleFor(key, wantsPrivate) {
  if (key.type === "secret" || (wantsPrivate && key.type !== "private")) {
    throw new ERR_INVALID_KEY_TYPE(key.type, wantsPrivate ? "private" : "private or public");
  }
  return materialOf(key);
}

function readText(text, wantsPrivate, { format = "pem", type, passphrase, encoding }, name) {
  if (format !== "pem" && format !== "der") throw new ERR_INVALID_ARG_VALUE(`${name}.format`, format);
  if (format === "der") {
    const kinds = wantsPrivate ? ["pkcs1", "pkcs8", "sec1"] : ["pkcs1", "pkcs8", "sec1", "spki"];
    if (!kinds.includes(type)) throw new ERR_INVALID_ARG_VALUE(`${name}.type`, type);
  }
  const secretText = passphrase == null ? undefined : bytesOf(passphrase, `${name}.passphrase`);
  return native(ops.node_crypto_key_read, bytesOf(text, `${name}.key`, encoding), wantsPrivate, format === "pem", type, secretText);
}

function createSecretKey(key, encoding) {
  const bytes = bytesOf(key, "key", encoding);
  return secretKey(Uint8Array.from(ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes)));
}

const createPrivateKey = (key) => {
  if (key instanceof KeyObject) throw new ERR_INVALID_ARG_TYPE("key", inputs.slice(0, 5), key);
  return keyOf(readKey(key, true));
};

function createPublicKey(key) {
  const inner = key instanceof KeyObject || key instanceof CryptoKey ? key : key?.key;
  const object = inner instanceof CryptoKey ? KeyObject.from(inner) : inner;
  if (object instanceof KeyObject && object.type !== "private") throw new ERR_INVALID_KEY_TYPE(object.type, "private");
  const handle = readKey(key, false);
  return keyOf(native(handle, "type") === "private" ? native(handle, "public") : handle);
}

/** The bytes of a secret: text, bytes, or a secret key. */
function secretBytes(key, name, encoding) {
  const object = key instanceof CryptoKey ? KeyObject.from(key) : key;
  if (object instanceof KeyObject) {
    if (object.type !== "secret") throw new ERR_INVALID_KEY_TYPE(object.type, "secret");
    return materialOf(object);
  }
  if (typeof key !== "string" && !isBytes(key)) throw new ERR_INVALID_ARG_TYPE(name, inputs, key);
  return bytesOf(key, name, encoding);
}

return { KeyObject, SecretKeyObject, PublicKeyObject, PrivateKeyObject, materialOf, secretKey, keyOf, encode, readKey, createSecretKey, createPrivateKey, createPublicKey, secretBytes };
