// JSON Web Keys (RFC 7517, 7518, 8037): what is the same for all kinds of keys.
const { domException, crypto } = internals;
const { isObject } = crypto;

const stringMembers = ["use", "alg", "crv", "x", "y", "d", "n", "e", "p", "q", "dp", "dq", "qi", "k"];

// A program's object as a plain one with the members that matter. An absent `kty` is no error here: it is none of the known ones.
function readJwk(object) {
  const jwk = { __proto__: null, kty: `${object.kty}` };
  for (const member of stringMembers) {
    const value = object[member];
    if (value !== undefined) jwk[member] = `${value}`;
  }
  const { key_ops: operations, ext, oth } = object;
  if (operations !== undefined) {
    if (!isObject(operations)) throw new TypeError("Incorrect type for the 'key_ops' field on 'JsonWebKey': the provided value is not of type 'Array'.");
    jwk.key_ops = Array.from(operations, String);
  }
  if (ext !== undefined) jwk.ext = Boolean(ext);
  if (oth !== undefined) jwk.oth = oth;
  return jwk;
}

// The bytes of a member in base64url.
function jwkBytes(jwk, member, message) {
  const text = jwk[member];
  if (text === undefined) throw domException("DataError", message);
  try {
    return Uint8Array.fromBase64(text.replaceAll("+", "-").replaceAll("/", "_"), { alphabet: "base64url" });
  } catch {
    throw domException("DataError", message);
  }
}

const jwkText = (data) => data.toBase64({ alphabet: "base64url", omitPadding: true });

const hasDuplicates = (list) => new Set(list).size < list.length;

internals.crypto = Object.assign(crypto, { readJwk, jwkBytes, jwkText, hasDuplicates });
