// AES in its four modes (Web Cryptography API §27 to §30). A key's material is a Uint8Array.
const { domException, crypto } = internals;
const { register, createKey, checkedUsages, requireUsages, bytesMember, requiredBytes, missing, integerMember, requiredInteger } = crypto;
const { formatError, jwkBytes, jwkText, hasDuplicates } = crypto;
const isKeyLength = (bits) => bits === 128 || bits === 192 || bits === 256;
const none = new Uint8Array(0);

function makeKey(name, material, extractable, usages) {
  return createKey({ type: "secret", extractable, usages, material, algorithm: { name, length: material.length * 8 } });
}

function requireKeyLength(bits) {
  if (!isKeyLength(bits)) {
    throw domException("DataError", `Imported AES key length must be 128, 192, or 256 bits but provided ${bits}.`);
  }
}

function materialOfJwk(jwk, name, extractable, usages) {
  if (jwk.kty !== "oct") {
    throw domException("DataError",
      `Symmetric "jwk" key import requires a JSON Web Key with Key Type parameter "kty" equal to "oct" (encountered "${jwk.kty}").`);
  }
  const material = jwkBytes(jwk, "k", 'Symmetric "jwk" key import requires a base64Url encoding of the key.');
  const bits = material.length * 8;
  requireKeyLength(bits);
  const expected = `A${bits}${name.slice(4)}`;
  if (jwk.alg !== undefined && jwk.alg !== expected) {
    throw domException("DataError", `Symmetric "jwk" key contains invalid "alg" value "${jwk.alg}", expected "${expected}".`);
  }
  if (usages.length > 0 && jwk.use !== undefined && jwk.use !== "enc") {
    throw domException("DataError", `Symmetric "jwk" key must have a "use" of "enc", not "${jwk.use}".`);
  }
  if (jwk.key_ops !== undefined) {
    if (hasDuplicates(jwk.key_ops)) throw domException("DataError", 'Symmetric "jwk" key contains duplicate value in "key_op".');
    for (const usage of usages) {
      if (!jwk.key_ops.includes(usage)) throw domException("DataError", `"jwk" key missing usage "${usage}", in "key_ops".`);
    }
  }
  return material;
}

function define(name, operations) {
  const all = operations.encrypt === undefined ? ["wrapKey", "unwrapKey"] : ["encrypt", "decrypt", "wrapKey", "unwrapKey"];
  register({
    name,

    generateKey(params, extractable, usages) {
      const allowed = checkedUsages(usages, all, "generate", name);
      const length = requiredInteger(params, "length");
      if (!isKeyLength(length)) {
        throw domException("OperationError", `Generated AES key length must be 128, 192, or 256 bits but requested ${length}.`);
      }
      requireUsages(allowed);
      return makeKey(name, ops.crypto_random_key(length / 8), extractable, allowed);
    },

    importKey(format, data, params, extractable, usages) {
      const allowed = checkedUsages(usages, all, "import secret", name);
      let material;
      if (format === "raw") {
        material = data;
        requireKeyLength(material.length * 8);
      } else if (format === "jwk") {
        material = materialOfJwk(data, name, extractable, usages);
      } else {
        throw formatError(format);
      }
      requireUsages(allowed);
      return makeKey(name, material, extractable, allowed);
    },

    exportKey(format, { material, usages }) {
      if (format === "raw") return material.slice().buffer;
      if (format !== "jwk") {
        throw domException("NotSupportedError", `${name} key only supports exporting "raw" & "jwk", not "${format}".`);
      }
      return { kty: "oct", key_ops: [...usages], alg: `A${material.length * 8}${name.slice(4)}`, ext: true, k: jwkText(material) };
    },

    keyLength(params) {
      const length = integerMember(params, "length");
      if (length === undefined) throw missing("length", "derivedKeyParams");
      if (!isKeyLength(length)) {
        throw domException("OperationError", `Derived AES key must be 128, 192, or 256 bits in length but provided ${length}.`);
      }
      return length;
    },

    ...operations,
  });
}

const buffer = async (result) => (await result).buffer;

function cbc(encrypting) {
  return (key, params, data) => {
    const iv = requiredBytes(params, "iv");
    if (iv.length !== 16) {
      throw domException("OperationError", `AES-CBC IV must be 16 bytes long (provided ${iv.length}${encrypting ? " bytes" : ""}).`);
    }
    return buffer(ops.crypto_aes_cbc(encrypting, key.material, iv, data));
  };
}
define("AES-CBC", { encrypt: cbc(true), decrypt: cbc(false) });

function ctr({ material }, params, data) {
  const counter = requiredBytes(params, "counter");
  if (counter.length !== 16) {
    throw domException("OperationError", `Counter must have length of 16 bytes (provided ${counter.length}).`);
  }
  const length = requiredInteger(params, "length");
  if (length < 1 || length > 128) throw domException("OperationError", `Invalid counter of ${length} bits length provided.`);
  return buffer(ops.crypto_aes_ctr(material, counter, length, data));
}
define("AES-CTR", { encrypt: ctr, decrypt: ctr });

const tagLengths = [32, 64, 96, 104, 112, 120, 128];
function gcm(encrypting) {
  return ({ material }, params, data) => {
    const iv = requiredBytes(params, "iv");
    const additionalData = bytesMember(params, "additionalData") ?? none;
    const tagLength = integerMember(params, "tagLength") ?? 128;
    if (iv.length === 0) throw domException("OperationError", "AES-GCM IV must not be empty.");
    if (!tagLengths.includes(tagLength)) throw domException("OperationError", `Invalid AES-GCM tag length ${tagLength}.`);
    return buffer(ops.crypto_aes_gcm(encrypting, material, iv, additionalData, tagLength / 8, data));
  };
}
define("AES-GCM", { encrypt: gcm(true), decrypt: gcm(false) });

define("AES-KW", {
  wrapKey: ({ material }, params, data) => buffer(ops.crypto_aes_kw(true, material, data)),
  unwrapKey: ({ material }, params, data) => buffer(ops.crypto_aes_kw(false, material, data)),
});
