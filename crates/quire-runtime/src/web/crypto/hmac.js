// HMAC (Web Cryptography API §31). A key's material is a Uint8Array.
const NativeTypeError = TypeError;
const { domException } = internals;
const { register, createKey, hashName, checkedUsages, requireUsages, blockBits, base64UrlBytes, base64UrlText, LARGE } = internals.crypto;

const jwkNames = { __proto__: null, "MD5": "HS5", "SHA-1": "HS1", "SHA-256": "HS256", "SHA-384": "HS384", "SHA-512": "HS512" };

function hashOf(params) {
  if (params.hash === undefined) throw new NativeTypeError("The HMAC algorithm lacks its `hash`");
  return hashName(params.hash);
}

function makeKey(material, hash, length, extractable, usages) {
  return createKey({
    type: "secret", extractable, usages, material,
    algorithm: { name: "HMAC", hash: { name: hash }, length },
  });
}

function materialOfJwk(jwk, hash, extractable) {
  if (jwk.kty !== "oct") throw domException("DataError", `An HMAC key in JWK form has the \`kty\` "oct", not "${jwk.kty}"`);
  if (typeof jwk.k !== "string") throw domException("DataError", "An HMAC key in JWK form lacks its `k`");
  if (jwk.alg !== undefined && jwk.alg !== jwkNames[hash]) {
    throw domException("DataError", `The \`alg\` of the JWK is "${jwk.alg}", but the hash is ${hash} ("${jwkNames[hash]}")`);
  }
  if (jwk.ext === false && extractable) throw domException("DataError", "The JWK forbids an extractable key");
  return base64UrlBytes(jwk.k, "`k` of the JWK");
}

function authenticate(hash, material, data) {
  return data.byteLength > LARGE ? ops.crypto_hmac_large(hash, material, data) : ops.crypto_hmac(hash, material, data);
}

register({
  name: "HMAC",

  generateKey(params, extractable, usages) {
    const allowed = checkedUsages(usages, ["sign", "verify"], "HMAC");
    requireUsages(allowed);
    const hash = hashOf(params);
    const length = params.length === undefined ? blockBits(hash) : Number(params.length) >>> 0;
    if (length === 0) throw domException("OperationError", "An HMAC key must have a length above zero");
    const material = ops.crypto_random_key(Math.ceil(length / 8));
    return makeKey(material, hash, length, extractable, allowed);
  },

  importKey(format, data, params, extractable, usages) {
    const allowed = checkedUsages(usages, ["sign", "verify"], "HMAC");
    requireUsages(allowed);
    const hash = hashOf(params);
    let material;
    if (format === "raw") material = data;
    else if (format === "jwk") material = materialOfJwk(data, hash, extractable);
    else throw domException("NotSupportedError", `An HMAC key cannot be imported as \`${format}\``);
    const bits = material.length * 8;
    const length = params.length === undefined ? bits : Number(params.length) >>> 0;
    if (length === 0 || length > bits || length <= bits - 8) {
      throw domException("DataError", `The HMAC key has ${bits} bits, which does not fit the length of ${length}`);
    }
    return makeKey(material, hash, length, extractable, allowed);
  },

  exportKey(format, { material, algorithm, extractable, usages }) {
    if (format === "raw") return material.slice().buffer;
    if (format === "jwk") {
      return { kty: "oct", k: base64UrlText(material), alg: jwkNames[algorithm.hash.name], key_ops: [...usages], ext: extractable };
    }
    throw domException("NotSupportedError", `An HMAC key cannot be exported as \`${format}\``);
  },

  async sign({ material, algorithm }, params, data) {
    return (await authenticate(algorithm.hash.name, material, data)).buffer;
  },

  async verify({ material, algorithm }, params, signature, data) {
    // A copy: the program may change its buffer while the data is worked on.
    const given = new Uint8Array(signature.slice(0));
    return ops.crypto_equal(await authenticate(algorithm.hash.name, material, data), given);
  },

  keyLength(params) {
    return params.length === undefined ? blockBits(hashOf(params)) : Number(params.length) >>> 0;
  },
});
