// SubtleCrypto (Web Cryptography API §14): checks that are the same for all algorithms, then the algorithm's own code. The
// methods are async functions, so that every error is a rejection; they read their data before the first await.
const NativeTypeError = TypeError;
const { domException } = internals;
const { find, nameOf, algorithmObject, hashName, partsOf, isCryptoKey, bytes, isObject, LARGE } = internals.crypto;
const secret = Symbol();

function required(args, count, method) {
  if (args.length < count) throw new NativeTypeError(`${method}(): ${count} arguments are required, ${args.length} are there`);
}

// A key that may be used for this by this algorithm.
function usableKey(key, algorithm, usage, what = "The key") {
  if (!isCryptoKey(key)) throw new NativeTypeError(`${what} must be a CryptoKey`);
  const parts = partsOf(key);
  const name = nameOf(algorithm);
  if (name.toLowerCase() !== parts.algorithm.name.toLowerCase()) {
    throw domException("InvalidAccessError", `The requested algorithm "${name}" is not the "${parts.algorithm.name}" of the key.`);
  }
  if (!parts.usages.includes(usage)) {
    throw domException("InvalidAccessError", `The key does not have the usage \`${usage}\`.`);
  }
  return parts;
}

const usageList = (usages) => {
  if (!isObject(usages) || typeof usages[Symbol.iterator] !== "function") {
    throw new NativeTypeError("The key usages must be an array");
  }
  return Array.from(usages, String);
};

// Key data as the algorithms take it: a JWK object, or a Uint8Array of their own.
function keyData(format, data) {
  const isBytes = ArrayBuffer.isView(data) || data instanceof ArrayBuffer;
  if (!isObject(data)) throw new NativeTypeError("The key data must be a buffer or a JWK object");
  if (format === "jwk") {
    if (isBytes) throw new NativeTypeError("Key data in the format `jwk` must be a JWK object");
    return data;
  }
  if (!isBytes) throw new NativeTypeError(`Key data in the format \`${format}\` must be a buffer`);
  bytes(data, "The key data");
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice()
    : new Uint8Array(data.slice(0));
}

function exported(format, key) {
  if (!isCryptoKey(key)) throw new NativeTypeError("The key must be a CryptoKey");
  const parts = partsOf(key);
  const implementation = find(parts.algorithm, "exportKey");
  if (!parts.extractable) throw domException("InvalidAccessError", `The ${parts.algorithm.name} key is not extractable.`);
  return implementation.exportKey(format, parts);
}

async function deriveBits(parts, algorithm, length) {
  return find(algorithm, "deriveBits").deriveBits(parts, algorithmObject(algorithm), length);
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
    const parts = usableKey(key, algorithm, "encrypt");
    return find(algorithm, "encrypt").encrypt(parts, algorithmObject(algorithm), bytes(data, "The data"));
  }

  async decrypt(algorithm, key, data) {
    SubtleCrypto.#check(this);
    required(arguments, 3, "decrypt");
    const parts = usableKey(key, algorithm, "decrypt");
    return find(algorithm, "decrypt").decrypt(parts, algorithmObject(algorithm), bytes(data, "The data"));
  }

  async sign(algorithm, key, data) {
    SubtleCrypto.#check(this);
    required(arguments, 3, "sign");
    const parts = usableKey(key, algorithm, "sign");
    return find(algorithm, "sign").sign(parts, algorithmObject(algorithm), bytes(data, "The data"));
  }

  async verify(algorithm, key, signature, data) {
    SubtleCrypto.#check(this);
    required(arguments, 4, "verify");
    const parts = usableKey(key, algorithm, "verify");
    const given = bytes(signature, "The signature");
    return find(algorithm, "verify").verify(parts, algorithmObject(algorithm), given, bytes(data, "The data"));
  }

  async digest(algorithm, data) {
    SubtleCrypto.#check(this);
    required(arguments, 2, "digest");
    const hash = hashName(algorithm);
    bytes(data, "The data");
    const digest = data.byteLength > LARGE ? await ops.crypto_digest_large(hash, data) : ops.crypto_digest(hash, data);
    return digest.buffer;
  }

  async generateKey(algorithm, extractable, usages) {
    SubtleCrypto.#check(this);
    required(arguments, 3, "generateKey");
    const list = usageList(usages);
    return find(algorithm, "generateKey").generateKey(algorithmObject(algorithm), Boolean(extractable), list);
  }

  async deriveKey(algorithm, baseKey, derivedAlgorithm, extractable, usages) {
    SubtleCrypto.#check(this);
    required(arguments, 5, "deriveKey");
    const parts = usableKey(baseKey, algorithm, "deriveKey", "The base key");
    const list = usageList(usages);
    const derived = find(derivedAlgorithm, "importKey");
    const params = algorithmObject(derivedAlgorithm);
    const length = derived.keyLength === undefined ? null : derived.keyLength(params);
    const material = new Uint8Array(await deriveBits(parts, algorithm, length));
    return derived.importKey("raw", material, params, Boolean(extractable), list);
  }

  async deriveBits(algorithm, baseKey, length = null) {
    SubtleCrypto.#check(this);
    required(arguments, 2, "deriveBits");
    const parts = usableKey(baseKey, algorithm, "deriveBits", "The base key");
    return deriveBits(parts, algorithm, length === null ? null : Number(length) >>> 0);
  }

  async importKey(format, data, algorithm, extractable, usages) {
    SubtleCrypto.#check(this);
    required(arguments, 5, "importKey");
    const name = `${format}`;
    const list = usageList(usages);
    const own = keyData(name, data);
    return find(algorithm, "importKey").importKey(name, own, algorithmObject(algorithm), Boolean(extractable), list);
  }

  async exportKey(format, key) {
    SubtleCrypto.#check(this);
    required(arguments, 2, "exportKey");
    return exported(`${format}`, key);
  }

  async wrapKey(format, key, wrappingKey, algorithm) {
    SubtleCrypto.#check(this);
    required(arguments, 4, "wrapKey");
    const parts = usableKey(wrappingKey, algorithm, "wrapKey", "The wrapping key");
    const content = await exported(`${format}`, key);
    const data = content instanceof ArrayBuffer ? content : internals.encoding.encodeUtf8(JSON.stringify(content));
    const operation = findWrapping(algorithm, "wrapKey", "encrypt");
    return operation(parts, algorithmObject(algorithm), data);
  }

  async unwrapKey(format, wrapped, unwrappingKey, algorithm, keyAlgorithm, extractable, usages) {
    SubtleCrypto.#check(this);
    required(arguments, 7, "unwrapKey");
    const parts = usableKey(unwrappingKey, algorithm, "unwrapKey", "The unwrapping key");
    const list = usageList(usages);
    const name = `${format}`;
    const operation = findWrapping(algorithm, "unwrapKey", "decrypt");
    const content = new Uint8Array(await operation(parts, algorithmObject(algorithm), bytes(wrapped, "The wrapped key")));
    const own = name === "jwk" ? parsedJwk(content) : content;
    return find(keyAlgorithm, "importKey").importKey(name, own, algorithmObject(keyAlgorithm), Boolean(extractable), list);
  }

  timingSafeEqual(a, b) {
    SubtleCrypto.#check(this);
    bytes(a, "The first buffer");
    bytes(b, "The second buffer");
    if (a.byteLength !== b.byteLength) throw new NativeTypeError("Input buffers must have the same byte length.");
    return ops.crypto_equal(a, b);
  }
}

// Ciphers wrap keys by encrypting them, unless they have a way of their own.
function findWrapping(algorithm, own, general) {
  let implementation;
  try {
    implementation = find(algorithm, own);
    return implementation[own];
  } catch {
    implementation = find(algorithm, general);
    return implementation[general];
  }
}

function parsedJwk(content) {
  try {
    return JSON.parse(internals.encoding.decodeUtf8(content, { fatal: true }));
  } catch {
    throw domException("DataError", "The wrapped key is not a JWK");
  }
}

internals.defineClass(SubtleCrypto, "SubtleCrypto");
Object.defineProperty(SubtleCrypto, "length", { value: 0, configurable: true });
internals.expose("SubtleCrypto", SubtleCrypto);
internals.crypto.subtle = new SubtleCrypto(secret);
