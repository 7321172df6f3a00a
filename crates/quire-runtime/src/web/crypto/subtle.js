// SubtleCrypto (Web Cryptography API §14): checks that are the same for all algorithms, then the algorithm's own code. The
// methods are async functions, so that every error is a rejection. What the program gives is read in the order of the
// arguments: the algorithm with its members first, the data at the end, where native code takes it or a copy of it.
const NativeTypeError = TypeError;
const NativeUint8Array = Uint8Array;
const { domException, crypto } = internals;
const { lookUp, parseAlgorithm, hashName, partsOf, isCryptoKey, isBytes, isObject, integer, readJwk, formatError } = crypto;
const secret = Symbol();

function required(args, count, method) {
  if (args.length < count) {
    throw new NativeTypeError(`Failed to execute '${method}' on 'SubtleCrypto': ${count} arguments required, but only ${args.length} present.`);
  }
}

const wrongType = (method, number, type) =>
  new NativeTypeError(`Failed to execute '${method}' on 'SubtleCrypto': parameter ${number} is not of type '${type}'.`);

function checkBytes(value, method, number) {
  if (!isBytes(value)) throw wrongType(method, number, "BufferSource");
  return value;
}

function checkKey(key, method, number) {
  if (!isCryptoKey(key)) throw wrongType(method, number, "CryptoKey");
  return partsOf(key);
}

function requireUse(parts, name, usage) {
  if (name.toLowerCase() !== parts.algorithm.name.toLowerCase()) {
    throw domException("InvalidAccessError",
      `Requested algorithm "${name}" does not match this CryptoKey's algorithm "${parts.algorithm.name}".`);
  }
  if (!parts.usages.includes(usage)) {
    throw domException("InvalidAccessError", `Requested key usage "${usage}" does not match any usage listed in this CryptoKey.`);
  }
}

// What an algorithm does for a key of it; not all do everything.
function operationOf({ algorithm: { name } }, operation) {
  const implementation = lookUp(name);
  if (implementation[operation] === undefined) {
    throw domException("NotSupportedError", `The ${operation} operation is not implemented for "${name}".`);
  }
  return implementation[operation];
}

const usageList = (usages, method, number) => {
  if (!isObject(usages) || typeof usages[Symbol.iterator] !== "function") throw wrongType(method, number, "Array");
  return Array.from(usages, String);
};

// Key data as the algorithms take it: a plain object with the members of a JWK, or a Uint8Array of their own.
function keyData(format, data, extractable, name) {
  if (format === "jwk") {
    if (!isObject(data) || isBytes(data)) {
      throw new NativeTypeError('Import data provided for "jwk" import format must be a JsonWebKey.');
    }
    const jwk = readJwk(data);
    if (jwk.ext === false && extractable) {
      throw domException("DataError", `JWK ext field for "${name}" is set to false but extractable is true`);
    }
    return jwk;
  }
  if (format !== "raw" && format !== "pkcs8" && format !== "spki") throw formatError(format);
  if (!isBytes(data)) {
    throw new NativeTypeError('Import data provided for buffer-based import formats must be a buffer source.');
  }
  return crypto.copyOf(data);
}

function imported(format, data, { name, params }, extractable, usages) {
  const own = keyData(format, data, extractable, name);
  const importKey = lookUp(name)?.importKey;
  if (importKey === undefined) {
    throw domException("NotSupportedError", `Unrecognized key import algorithm "${name}" requested.`);
  }
  return importKey(format, own, params, extractable, usages);
}

function exported(format, parts) {
  const { name } = parts.algorithm;
  if (!parts.extractable) throw domException("InvalidAccessError", `Attempt to export non-extractable ${name} key.`);
  const exportKey = lookUp(name).exportKey;
  if (exportKey === undefined) throw domException("NotSupportedError", `Unrecognized or unimplemented key export of "${name}" requested.`);
  return exportKey(format, parts);
}

// Ciphers wrap keys by encrypting them, unless they have a way of their own.
function wrapping(parts, own, general) {
  return operationOf(parts, lookUp(parts.algorithm.name)[own] === undefined ? general : own);
}

function parsedJwk(content) {
  let jwk;
  try {
    jwk = JSON.parse(internals.encoding.decodeUtf8(content, { fatal: true }));
  } catch {
    // As any other JSON value that is none.
  }
  if (!isObject(jwk)) throw domException("DataError", 'Missing "kty" field or corrupt JSON unwrapping key?');
  return jwk;
}

class SubtleCrypto {
  #genuine;

  constructor(given) {
    if (given !== secret) throw new NativeTypeError("Illegal constructor");
  }
  static #check(receiver) {
    if (!(#genuine in Object(receiver))) throw new NativeTypeError("Illegal invocation: this member belongs to SubtleCrypto");
  }

  async encrypt(algorithm, key, data) {
    SubtleCrypto.#check(this);
    required(arguments, 3, "encrypt");
    const { name, params } = parseAlgorithm(algorithm);
    const parts = checkKey(key, "encrypt", 2);
    checkBytes(data, "encrypt", 3);
    requireUse(parts, name, "encrypt");
    return operationOf(parts, "encrypt")(parts, params, data);
  }

  async decrypt(algorithm, key, data) {
    SubtleCrypto.#check(this);
    required(arguments, 3, "decrypt");
    const { name, params } = parseAlgorithm(algorithm);
    const parts = checkKey(key, "decrypt", 2);
    checkBytes(data, "decrypt", 3);
    requireUse(parts, name, "decrypt");
    return operationOf(parts, "decrypt")(parts, params, data);
  }

  async sign(algorithm, key, data) {
    SubtleCrypto.#check(this);
    required(arguments, 3, "sign");
    const { name, params } = parseAlgorithm(algorithm);
    const parts = checkKey(key, "sign", 2);
    checkBytes(data, "sign", 3);
    requireUse(parts, name, "sign");
    return operationOf(parts, "sign")(parts, params, data);
  }

  async verify(algorithm, key, signature, data) {
    SubtleCrypto.#check(this);
    required(arguments, 4, "verify");
    const { name, params } = parseAlgorithm(algorithm);
    const parts = checkKey(key, "verify", 2);
    checkBytes(signature, "verify", 3);
    checkBytes(data, "verify", 4);
    requireUse(parts, name, "verify");
    return operationOf(parts, "verify")(parts, params, signature, data);
  }

  async digest(algorithm, data) {
    SubtleCrypto.#check(this);
    required(arguments, 2, "digest");
    const hash = hashName(algorithm);
    return (await ops.crypto_digest(hash, checkBytes(data, "digest", 2))).buffer;
  }

  async generateKey(algorithm, extractable, usages) {
    SubtleCrypto.#check(this);
    required(arguments, 3, "generateKey");
    const { name, params } = parseAlgorithm(algorithm);
    const list = usageList(usages, "generateKey", 3);
    const generateKey = lookUp(name)?.generateKey;
    if (generateKey === undefined) {
      throw domException("NotSupportedError", `Unrecognized key generation algorithm "${name}" requested.`);
    }
    // It takes random values.
    internals.requireRequest();
    return generateKey(params, Boolean(extractable), list);
  }

  async deriveKey(algorithm, baseKey, derivedAlgorithm, extractable, usages) {
    SubtleCrypto.#check(this);
    required(arguments, 5, "deriveKey");
    const { name, params } = parseAlgorithm(algorithm);
    const parts = checkKey(baseKey, "deriveKey", 2);
    const derived = parseAlgorithm(derivedAlgorithm);
    const list = usageList(usages, "deriveKey", 5);
    requireUse(parts, name, "deriveKey");
    const keyLength = lookUp(derived.name)?.keyLength;
    if (keyLength === undefined) {
      throw domException("NotSupportedError", `Unrecognized derived key type "${derived.name}" requested.`);
    }
    const bits = await operationOf(parts, "deriveBits")(parts, params, keyLength(derived.params));
    return imported("raw", bits, derived, Boolean(extractable), list);
  }

  async deriveBits(algorithm, baseKey, length = null) {
    SubtleCrypto.#check(this);
    required(arguments, 2, "deriveBits");
    const { name, params } = parseAlgorithm(algorithm);
    const parts = checkKey(baseKey, "deriveBits", 2);
    const bits = length === null ? null : integer(length, "deriveBits length");
    if (bits < 0) throw new NativeTypeError("deriveBits length must be an unsigned long integer.");
    requireUse(parts, name, "deriveBits");
    return operationOf(parts, "deriveBits")(parts, params, bits);
  }

  async importKey(format, data, algorithm, extractable, usages) {
    SubtleCrypto.#check(this);
    required(arguments, 5, "importKey");
    const name = `${format}`;
    const parsed = parseAlgorithm(algorithm);
    const list = usageList(usages, "importKey", 5);
    return imported(name, data, parsed, Boolean(extractable), list);
  }

  async exportKey(format, key) {
    SubtleCrypto.#check(this);
    required(arguments, 2, "exportKey");
    return exported(`${format}`, checkKey(key, "exportKey", 2));
  }

  async wrapKey(format, key, wrappingKey, algorithm) {
    SubtleCrypto.#check(this);
    required(arguments, 4, "wrapKey");
    const wrapped = checkKey(key, "wrapKey", 2);
    const parts = checkKey(wrappingKey, "wrapKey", 3);
    const { name, params } = parseAlgorithm(algorithm);
    requireUse(parts, name, "wrapKey");
    const content = exported(`${format}`, wrapped);
    const data = content instanceof ArrayBuffer ? content : internals.encoding.encodeUtf8(JSON.stringify(content));
    return wrapping(parts, "wrapKey", "encrypt")(parts, params, data);
  }

  async unwrapKey(format, wrapped, unwrappingKey, algorithm, keyAlgorithm, extractable, usages) {
    SubtleCrypto.#check(this);
    required(arguments, 7, "unwrapKey");
    const own = `${format}`;
    checkBytes(wrapped, "unwrapKey", 2);
    const parts = checkKey(unwrappingKey, "unwrapKey", 3);
    const { name, params } = parseAlgorithm(algorithm);
    const parsed = parseAlgorithm(keyAlgorithm);
    const list = usageList(usages, "unwrapKey", 7);
    requireUse(parts, name, "unwrapKey");
    const content = new NativeUint8Array(await wrapping(parts, "unwrapKey", "decrypt")(parts, params, wrapped));
    return imported(own, own === "jwk" ? parsedJwk(content) : content, parsed, Boolean(extractable), list);
  }

  timingSafeEqual(a, b) {
    SubtleCrypto.#check(this);
    checkBytes(a, "timingSafeEqual", 1);
    checkBytes(b, "timingSafeEqual", 2);
    if (a.byteLength !== b.byteLength) throw new NativeTypeError("Input buffers must have the same byte length.");
    return ops.crypto_equal(a, b);
  }
}

internals.defineClass(SubtleCrypto, "SubtleCrypto");
Object.defineProperty(SubtleCrypto, "length", { value: 0, configurable: true });
internals.expose("SubtleCrypto", SubtleCrypto);
crypto.subtle = new SubtleCrypto(secret);
