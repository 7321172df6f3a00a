// HMAC (Web Cryptography API §31). A key's material is a Uint8Array.
const { domException, crypto } = internals;
const { register, createKey, checkedUsages, requireUsages, integerMember, requiredHash, formatError, blockBits, jwkBytes, jwkText } = crypto;
const ALL = ["sign", "verify"];

// The bits that do not count are zero.
function makeKey(material, hash, length, extractable, usages) {
  const unused = material.length * 8 - length;
  if (unused > 0) material[material.length - 1] &= 0xff << unused;
  return createKey({
    type: "secret", extractable, usages, material,
    algorithm: { name: "HMAC", hash: { name: hash }, length },
  });
}

function materialOfJwk(jwk, hash) {
  if (jwk.kty !== "oct") {
    throw domException("DataError",
      `HMAC "jwk" key import requires a JSON Web Key with Key Type parameter ("kty") equal to "oct" (encountered "${jwk.kty}").`);
  }
  const material = jwkBytes(jwk, "k", 'HMAC "jwk" key import requires a base64Url encoding of the key');
  if (jwk.alg !== undefined) {
    if (!hash.startsWith("SHA-")) throw domException("NotSupportedError", `Unrecognized or unimplemented hash algorithm requested: ${hash}`);
    const expected = `HS${hash.slice(4)}`;
    if (jwk.alg !== expected) {
      throw domException("DataError",
        `HMAC "jwk" key import specifies "alg" that is incompatible with the hash name (encountered "${jwk.alg}", expected "${expected}").`);
    }
  }
  return material;
}

register({
  name: "HMAC",

  generateKey(params, extractable, usages) {
    const hash = requiredHash(params);
    const allowed = checkedUsages(usages, ALL, "generate", "HMAC");
    const length = integerMember(params, "length") ?? blockBits(hash);
    if (length <= 0) {
      throw domException("OperationError", `HMAC key length must be a non-zero unsigned long integer (requested ${length}).`);
    }
    requireUsages(allowed);
    return makeKey(ops.crypto_random_key(Math.ceil(length / 8)), hash, length, extractable, allowed);
  },

  importKey(format, data, params, extractable, usages) {
    const allowed = checkedUsages(usages, ALL, "import secret", "HMAC");
    const hash = requiredHash(params);
    let material;
    if (format === "raw") material = data;
    else if (format === "jwk") material = materialOfJwk(data, hash);
    else throw formatError(format);
    const bits = material.length * 8;
    const length = integerMember(params, "length") ?? bits;
    if (length <= 0 || length > bits || length <= bits - 8) {
      throw domException("DataError",
        `Imported HMAC key length (${length}) must be a non-zero value up to 7 bits less than, and no greater than, the bit length of the raw key data (${bits}).`);
    }
    requireUsages(allowed);
    return makeKey(material, hash, length, extractable, allowed);
  },

  exportKey(format, { material, algorithm, usages }) {
    if (format === "raw") return material.slice().buffer;
    if (format !== "jwk") throw domException("NotSupportedError", `Unimplemented key export format "${format}".`);
    const hash = algorithm.hash.name;
    if (!hash.startsWith("SHA-")) {
      throw domException("NotSupportedError", `Unimplemented JWK key export format for key algorithm "${hash}".`);
    }
    return { kty: "oct", key_ops: [...usages], alg: `HS${hash.slice(4)}`, ext: true, k: jwkText(material) };
  },

  async sign({ material, algorithm }, params, data) {
    return (await ops.crypto_hmac(algorithm.hash.name, material, data)).buffer;
  },

  async verify({ material, algorithm }, params, signature, data) {
    // A copy: the program may change its buffer while the data is worked on.
    const given = crypto.copyOf(signature);
    return ops.crypto_equal(await ops.crypto_hmac(algorithm.hash.name, material, data), given);
  },

  keyLength(params) {
    const length = integerMember(params, "length");
    if (length === undefined) return blockBits(requiredHash(params, "derivedKeyParams"));
    if (length <= 0) throw new TypeError("HMAC key length must be a non-zero unsigned long integer.");
    return length;
  },
});
