// ECDSA and ECDH on the curves of NIST (Web Cryptography API §23, §24).
const { domException, crypto } = internals;
const { register, requiredHash, requiredString, missing, hashName, jwkBytes } = crypto;
const { importPair, exportPair, pairUsages, requirePairUsages, makePair, signing, agree } = crypto;
const members = ["x", "y", "d"];
// Curve → `alg` of a JWK for ECDSA.
const curves = { __proto__: null, "P-256": "ES256", "P-384": "ES384", "P-521": "ES512" };

function curveOf(params) {
  const given = requiredString(params, "namedCurve");
  const curve = given.toUpperCase();
  if (!(curve in curves)) throw domException("NotSupportedError", `Unrecognized or unimplemented EC curve "${given}" requested.`);
  return curve;
}

function fromJwk(name, curve, jwk) {
  if (jwk.kty !== "EC") {
    throw domException("DataError",
      `Elliptic curve "jwk" key import requires a JSON Web Key with Key Type parameter "kty" ("${jwk.kty}") equal to "EC".`);
  }
  if (jwk.crv !== curve) {
    throw domException("DataError", `The JSON Web Key's curve "crv" ("${jwk.crv}") is not the requested one ("${curve}").`);
  }
  // Of an ECDH key it may be anything.
  if (name === "ECDSA" && jwk.alg !== undefined && jwk.alg !== curves[curve]) {
    if (!Object.values(curves).includes(jwk.alg)) {
      throw domException("NotSupportedError", `Unrecognized or unimplemented algorithm "${jwk.alg}" listed in JSON Web Key Algorithm parameter.`);
    }
    throw domException("DataError", `JSON Web Key Algorithm parameter "alg" ("${jwk.alg}") does not match requested curve.`);
  }
  // Of any length, as on the original: some programs leave out zeros at the beginning.
  const number = (member) => jwkBytes(jwk, member, `Invalid EC key in JSON Web Key; missing or invalid "${member}".`);
  return ops.crypto_key_from_numbers(curve, ...(jwk.d === undefined ? ["x", "y"] : members).map(number));
}

function define(name, all, operations) {
  register({
    name,

    async generateKey(params, extractable, usages) {
      const allowed = pairUsages(usages, all, name);
      const namedCurve = curveOf(params);
      requirePairUsages(allowed);
      return makePair(ops.crypto_key_generate(namedCurve), { name, namedCurve }, extractable, allowed);
    },

    importKey(format, data, params, extractable, usages) {
      const namedCurve = curveOf(params);
      return importPair({
        name, kind: namedCurve, all, format, data, extractable, usages,
        fromJwk: (jwk) => fromJwk(name, namedCurve, jwk),
        algorithm: () => ({ name, namedCurve }),
      });
    },

    exportKey: (format, parts) => exportPair(format, parts, () => ({ kty: "EC", crv: parts.algorithm.namedCurve }), members),

    ...operations,
  });
}

define("ECDSA", ["sign", "verify"], signing((parts, { hash }) => {
  if (hash === undefined) {
    throw new TypeError(
      'Missing "hash" in AlgorithmIdentifier. (ECDSA requires that the hash algorithm be specified at call time rather than on the key. This differs from other WebCrypto algorithms for historical reasons.)',
    );
  }
  return [hashName(hash), null];
}));

define("ECDH", ["deriveKey", "deriveBits"], { deriveBits: agree });
