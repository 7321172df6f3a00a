// What key pairs have in common. A key's material is { key, handle }: the number by which native code finds the key, and the function that
// keeps it there.
const { domException, crypto } = internals;
const { createKey, checkedUsages, requireUsages, hasDuplicates, formatError, jwkText } = crypto;
const privateUsages = ["decrypt", "sign", "deriveKey", "deriveBits", "unwrapKey"];
const publicUsages = ["encrypt", "verify", "wrapKey"];

const materialOf = (handle) => ({ handle, key: handle() });

// "enc" or "sig" in `use`, and which operations that allows in `key_ops`.
function checkJwkUse(jwk, name, usages) {
  const derives = name === "ECDH" || name === "X25519";
  const use = derives || name === "RSA-OAEP" ? "enc" : "sig";
  const operations = derives ? [] : use === "enc" ? ["encrypt", "wrapKey"] : ["sign", "verify"];
  if (jwk.use !== undefined && jwk.use !== use && (usages.length > 0 || jwk.key_ops !== undefined)) {
    throw domException("DataError",
      `Asymmetric "jwk" key import with usages requires a JSON Web Key with Public Key Use parameter "use" ("${jwk.use}") equal to "${use}".`);
  }
  if (jwk.key_ops === undefined) return;
  if (hasDuplicates(jwk.key_ops)) {
    throw domException("DataError", 'A JSON Web Key\'s Key Operations parameter ("key_ops") must not contain duplicates.');
  }
  if (jwk.use !== undefined && jwk.key_ops.some((operation) => !operations.includes(operation))) {
    throw domException("DataError",
      'A JSON Web Key should have either a Public Key Use parameter ("use") or a Key Operations parameter ("key_ops"); otherwise, the parameters must be consistent with each other.');
  }
  if (usages.some((usage) => !jwk.key_ops.includes(usage))) {
    throw domException("DataError",
      'All specified key usages must be present in the JSON Web Key\'s Key Operations parameter ("key_ops").');
  }
}

// The key in `data`. `kind` is what native code calls it, `all` are the usages of the algorithm, `fromJwk(jwk)` gives the handle of a
// native key, `algorithm(material)` the algorithm object.
function importPair({ name, kind, all, format, data, extractable, usages, fromJwk, algorithm }) {
  const isPrivate = format === "pkcs8" || (format === "jwk" && data.d !== undefined);
  const check = () => {
    const half = isPrivate ? privateUsages : publicUsages;
    const action = isPrivate ? "import private" : "import public";
    // Public keys of a key agreement are good for nothing but being the other side's.
    return checkedUsages(usages, all.filter((usage) => half.includes(usage)), action, name);
  };
  let allowed;
  let handle;
  if (format === "jwk") {
    allowed = check();
    if (isPrivate && data.oth !== undefined) throw domException("NotSupportedError", "Multi-prime private keys not supported.");
    checkJwkUse(data, name, usages);
    handle = fromJwk(data);
  } else if (format === "raw" && kind !== "RSA") {
    allowed = check();
    handle = ops.crypto_key_import("raw", kind, data);
  } else if (format === "spki" || format === "pkcs8") {
    handle = ops.crypto_key_import(format, kind, data);
    allowed = check();
  } else {
    throw formatError(format);
  }
  const material = materialOf(handle);
  const attributes = algorithm(material);
  if (isPrivate) requireUsages(allowed);
  return createKey({ type: isPrivate ? "private" : "public", extractable, usages: allowed, algorithm: attributes, material });
}

// Which usages the private and the public key get; there must be one for the former.
function pairUsages(usages, all, name) {
  const allowed = checkedUsages(usages, all, "generate", name);
  return {
    private: allowed.filter((usage) => privateUsages.includes(usage)),
    public: allowed.filter((usage) => publicUsages.includes(usage)),
  };
}

function requirePairUsages(usages) {
  if (usages.private.length === 0) {
    throw domException("SyntaxError", "Attempt to generate asymmetric keys with no valid private key usages.");
  }
}

function makePair(handle, algorithm, extractable, usages) {
  const material = materialOf(handle);
  return {
    publicKey: createKey({
      type: "public", extractable: true, usages: usages.public, algorithm, material: materialOf(ops.crypto_key_public(material.key)),
    }),
    privateKey: createKey({ type: "private", extractable, usages: usages.private, algorithm, material }),
  };
}

// `members`: which members of a JWK native code's numbers are, in their order.
function exportPair(format, { type, usages, algorithm, material }, jwk, members) {
  switch (format) {
    case "pkcs8":
      if (type !== "private") {
        throw domException("InvalidAccessError", `Asymmetric pkcs8 export requires private key (not "${type}").`);
      }
      return ops.crypto_key_export(format, material.key).buffer;
    case "spki":
      if (type !== "public") {
        throw domException("InvalidAccessError", `Asymmetric spki export requires public key (not "${type}").`);
      }
      return ops.crypto_key_export(format, material.key).buffer;
    case "jwk": {
      const { kty, alg, crv } = jwk();
      const result = { kty, key_ops: [...usages] };
      if (alg !== undefined) result.alg = alg;
      result.ext = true;
      if (crv !== undefined) result.crv = crv;
      const numbers = ops.crypto_key_numbers(material.key);
      numbers.forEach((number, index) => (result[members[index]] = jwkText(number)));
      return result;
    }
    case "raw":
      if (algorithm.modulusLength === undefined) {
        if (type === "public") return ops.crypto_key_export(format, material.key).buffer;
        const what = jwk().kty === "EC" ? "elliptic curve" : algorithm.name;
        throw domException("InvalidAccessError", `Raw export of ${what} keys is only allowed for public keys.`);
      }
  }
  throw domException("InvalidAccessError", `Cannot export "${algorithm.name}" in "${format}" format.`);
}

function requirePrivate(type) {
  if (type !== "private") throw domException("InvalidAccessError", "Asymmetric signing requires a private key.");
}
function requirePublic(type) {
  if (type !== "public") throw domException("InvalidAccessError", "Asymmetric verification requires a public key.");
}

// { sign, verify } of an algorithm for which `parameters(parts, params, verifying)` gives [hash, length of the salt].
function signing(parameters) {
  return {
    async sign(parts, params, data) {
      requirePrivate(parts.type);
      const [hash, salt] = parameters(parts, params, false);
      return (await ops.crypto_sign(parts.material.key, hash, salt, data)).buffer;
    },
    async verify(parts, params, signature, data) {
      requirePublic(parts.type);
      const [hash, salt] = parameters(parts, params, true);
      return ops.crypto_verify(parts.material.key, hash, salt, signature, data);
    },
  };
}

// deriveBits() of a key agreement.
async function agree(parts, params, length) {
  const { name, namedCurve } = parts.algorithm;
  if (parts.type !== "private") {
    throw domException("InvalidAccessError", `The deriveBits operation is only valid for a private key, not "${parts.type}".`);
  }
  const peer = params.public;
  if (peer === undefined) throw crypto.missing("public", "derivedKeyParams");
  if (!crypto.isCryptoKey(peer)) {
    throw new TypeError("Incorrect type for the 'public' field on 'DeriveKeyAlgorithm': the provided value is not of type 'CryptoKey'.");
  }
  const other = crypto.partsOf(peer);
  if (other.type !== "public") throw domException("InvalidAccessError", `The provided key has type "${other.type}", not "public"`);
  if (other.algorithm.name !== name) {
    throw domException("InvalidAccessError",
      `Private key for derivation is using "${name}" while public key is using "${other.algorithm.name}".`);
  }
  if (other.algorithm.namedCurve !== namedCurve) {
    throw domException("InvalidAccessError",
      `Private key for derivation is using curve "${namedCurve}" while public key is using "${other.algorithm.namedCurve}".`);
  }
  const secret = ops.crypto_shared_secret(parts.material.key, other.material.key);
  const bits = length ?? secret.length * 8;
  if (bits > secret.length * 8) {
    throw domException("OperationError", `Derived key length (${bits} bits) is too long (should be at most ${secret.length * 8} bits).`);
  }
  const result = secret.slice(0, Math.ceil(bits / 8));
  const unused = result.length * 8 - bits;
  if (unused > 0) result[result.length - 1] &= 0xff << unused;
  return result.buffer;
}

Object.assign(crypto, { importPair, pairUsages, requirePairUsages, makePair, exportPair, signing, agree });
