// RSA (Web Cryptography API §20 to §22), and the bare operation of the private key, RSA-RAW, which Workers have for blind signatures.
const { domException, crypto } = internals;
const { register, requiredBytes, bytesMember, requiredHash, requiredInteger, integerMember, jwkBytes } = crypto;
const { importPair, exportPair, pairUsages, requirePairUsages, makePair, signing } = crypto;
const members = ["n", "e", "d", "p", "q", "dp", "dq", "qi"];
const none = new Uint8Array(0);

// `alg` of a JWK → its hash.
const jwkAlgorithms = { __proto__: null, "RSA-OAEP": "SHA-1" };
for (const bits of ["1", "256", "384", "512"]) {
  for (const prefix of ["RS", "PS", "RSA-OAEP-"]) jwkAlgorithms[prefix + bits] = `SHA-${bits}`;
}
delete jwkAlgorithms["RSA-OAEP-1"];

function jwkAlgorithm(prefix, { hash: { name } }) {
  if (!name.startsWith("SHA")) throw domException("NotSupportedError", `JWK export not supported for hash algorithm "${name}".`);
  if (prefix !== "RSA-OAEP") return prefix + name.slice(4);
  return name === "SHA-1" ? prefix : `${prefix}-${name.slice(4)}`;
}

function fromJwk(name, jwk, hash) {
  if (jwk.kty !== "RSA") {
    throw domException("DataError",
      `${name} "jwk" key import requires a JSON Web Key with Key Type parameter "kty" ("${jwk.kty}") equal to "RSA".`);
  }
  if (jwk.alg !== undefined) {
    const itsHash = jwkAlgorithms[jwk.alg];
    if (itsHash === undefined) {
      throw domException("NotSupportedError", `Unrecognized or unimplemented algorithm "${jwk.alg}" listed in JSON Web Key Algorithm parameter.`);
    }
    if (hash !== undefined && itsHash !== hash) {
      throw domException("DataError",
        `JSON Web Key Algorithm parameter "alg" ("${jwk.alg}") does not match requested hash algorithm "${hash}".`);
    }
  }
  const number = (member) => jwkBytes(jwk, member, `Invalid RSA key in JSON Web Key; missing or invalid parameter ("${member}").`);
  let present = members.slice(0, jwk.d === undefined ? 2 : 3);
  if (jwk.d !== undefined) {
    const more = members.slice(3);
    const count = more.filter((member) => jwk[member] !== undefined).length;
    if (count === more.length) present = members;
    else if (count > 0) {
      throw domException("DataError",
        'Invalid RSA private key in JSON Web Key; if one Prime Factor or CRT Exponent/Coefficient parameter is present, then they must all be present ("p", "q", "dp", "dq", "qi").');
    }
  }
  return ops.crypto_key_from_numbers("RSA", ...present.map(number));
}

// A number of up to 32 bits.
function exponentOf(bytes) {
  const value = bytes.reduce((value, byte) => value * 256 + byte, 0);
  if (value > 0xffffffff) {
    throw domException("OperationError", 'The "publicExponent" must be either 3 or 65537, but got a number larger than 2^32.');
  }
  return value;
}

function checkModulusLength(length) {
  if (length % 8 !== 0 || length < 256 || length > 16384) {
    throw domException("OperationError", `The modulus length must be a multiple of 8 and between 256 and 16k, but ${length} was requested.`);
  }
}

async function generate(name, all, params, extractable, usages) {
  const publicExponent = requiredBytes(params, "publicExponent");
  const hash = requiredHash(params);
  const modulusLength = requiredInteger(params, "modulusLength");
  if (modulusLength <= 0) {
    throw domException("OperationError", `modulusLength must be greater than zero (requested ${modulusLength}).`);
  }
  const allowed = pairUsages(usages, all, name);
  checkModulusLength(modulusLength);
  const exponent = exponentOf(publicExponent);
  if (exponent !== 3 && exponent !== 65537) {
    throw domException("OperationError", `The "publicExponent" must be either 3 or 65537, but got ${exponent}.`);
  }
  if (modulusLength % 128 !== 0) {
    throw domException("OperationError", "Can't generate key: RSA key size is required to be a multiple of 128");
  }
  requirePairUsages(allowed);
  const handle = await ops.crypto_key_generate_rsa(modulusLength, publicExponent);
  return makePair(handle, { name, modulusLength, publicExponent, hash: { name: hash } }, extractable, allowed);
}

function importKey(name, all, format, data, params, extractable, usages) {
  const hash = name === "RSA-RAW" ? undefined : requiredHash(params);
  return importPair({
    name, kind: "RSA", all, format, data, extractable, usages,
    fromJwk: (jwk) => fromJwk(name, jwk, hash),
    algorithm({ key }) {
      const modulusLength = ops.crypto_rsa_size(key) * 8;
      const publicExponent = ops.crypto_key_numbers(key)[1];
      checkModulusLength(modulusLength);
      const exponent = exponentOf(publicExponent);
      if (![3, 17, 37, 65537].includes(exponent)) {
        throw domException("OperationError", `Imported RSA key has invalid publicExponent ${exponent}.`);
      }
      const algorithm = { name, modulusLength, publicExponent };
      if (hash !== undefined) algorithm.hash = { name: hash };
      return algorithm;
    },
  });
}

function define(name, prefix, all, operations) {
  register({
    name,
    generateKey: (params, extractable, usages) => generate(name, all, params, extractable, usages),
    importKey: (format, data, params, extractable, usages) => importKey(name, all, format, data, params, extractable, usages),
    exportKey: (format, parts) => exportPair(format, parts, () => ({ kty: "RSA", alg: jwkAlgorithm(prefix, parts.algorithm) }), members),
    ...operations,
  });
}

const signs = ["sign", "verify"];
define("RSASSA-PKCS1-v1_5", "RS", signs, signing(({ algorithm }) => [algorithm.hash.name, null]));

define("RSA-PSS", "PS", signs, signing(({ algorithm }, params) => {
  const salt = integerMember(params, "saltLength");
  if (salt === undefined) throw new TypeError("Failed to provide salt for RSA-PSS key operation which requires a salt");
  if (salt < 0) throw domException("DataError", `SaltLength for RSA-PSS must be non-negative (provided ${salt}).`);
  return [algorithm.hash.name, salt];
}));

function oaep(encrypting, wanted, what) {
  return async ({ type, algorithm, material }, params, data) => {
    if (type !== wanted) throw domException("InvalidAccessError", `${what} only works with ${wanted} keys, not "${type}".`);
    const label = bytesMember(params, "label") ?? none;
    return (await ops.crypto_rsa_oaep(material.key, encrypting, algorithm.hash.name, label, data)).buffer;
  };
}
define("RSA-OAEP", "RSA-OAEP", ["encrypt", "decrypt", "wrapKey", "unwrapKey"], {
  encrypt: oaep(true, "public", "Encryption/key wrapping"),
  decrypt: oaep(false, "private", "Decryption/key unwrapping"),
});

register({
  name: "RSA-RAW",
  importKey(format, data, params, extractable, usages) {
    const key = importKey("RSA-RAW", signs, format, data, params, extractable, usages);
    if (key.type !== "private") {
      throw domException("DataError", `RSA-RAW only supports private keys but requested "${key.type}".`);
    }
    return key;
  },
  exportKey: (format, parts) => exportPair(format, parts, () => ({ kty: "RSA" }), members),
  async sign({ material }, params, data) {
    return (await ops.crypto_rsa_sign_raw(material.key, data)).buffer;
  },
});
