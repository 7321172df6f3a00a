// Ed25519 and X25519 (Web Cryptography API §25, §26), and NODE-ED25519, the name that the former had on Workers.
const { domException, crypto } = internals;
const { register, requiredString, jwkBytes } = crypto;
const { importPair, exportPair, pairUsages, requirePairUsages, makePair, signing, agree } = crypto;
const members = ["x", "d"];

function fromJwk(kind, jwk) {
  if (jwk.kty !== "OKP") {
    throw domException("DataError",
      `${kind} "jwk" key imports requires a JSON Web Key with Key Type parameter "kty" ("${jwk.kty}") equal to "OKP".`);
  }
  if (jwk.crv === undefined) throw domException("DataError", `Missing field "crv" for ${kind} key.`);
  if (jwk.crv !== kind) throw domException("DataError", `Only ${kind} is supported but "${jwk.crv}" was requested.`);
  if (kind === "Ed25519" && jwk.alg !== undefined && jwk.alg !== "EdDSA" && jwk.alg !== "Ed25519") {
    throw domException("DataError", `JSON Web Key Algorithm parameter "alg" ("${jwk.alg}") does not match requested Ed25519 curve.`);
  }
  const number = (member) => jwkBytes(jwk, member, `Invalid ${kind} key in JSON Web Key; missing or invalid "${member}".`);
  return ops.crypto_key_from_numbers(kind, ...(jwk.d === undefined ? ["x"] : members).map(number));
}

function define(name, all, operations) {
  const kind = name === "X25519" ? "X25519" : "Ed25519";
  const algorithmOf = (params) => {
    if (name !== "NODE-ED25519") return { name };
    const namedCurve = requiredString(params, "namedCurve");
    if (namedCurve !== name) throw domException("NotSupportedError", `EDDSA curve "${namedCurve}" isn't supported.`);
    return { name, namedCurve };
  };
  register({
    name,

    async generateKey(params, extractable, usages) {
      const allowed = pairUsages(usages, all, name);
      const algorithm = algorithmOf(params);
      requirePairUsages(allowed);
      return makePair(ops.crypto_key_generate(kind), algorithm, extractable, allowed);
    },

    importKey(format, data, params, extractable, usages) {
      const algorithm = algorithmOf(params);
      return importPair({
        name, kind, all, format, data, extractable, usages,
        fromJwk: (jwk) => fromJwk(kind, jwk),
        algorithm: () => algorithm,
      });
    },

    exportKey: (format, parts) =>
      exportPair(format, parts, () => ({ kty: "OKP", alg: name === "Ed25519" ? "EdDSA" : undefined, crv: kind }), members),

    ...operations,
  });
}

for (const name of ["Ed25519", "NODE-ED25519"]) define(name, ["sign", "verify"], signing(() => [null, null]));
define("X25519", ["deriveKey", "deriveBits"], { deriveBits: agree });
