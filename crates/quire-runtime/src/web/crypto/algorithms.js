// Which algorithms there are, and how a program's naming of one and its parameters are understood (Web Cryptography API §18.4).
const NativeTypeError = TypeError;
const NativeUint8Array = Uint8Array;
const { isView } = ArrayBuffer;
const { trunc } = Math;
const { domException, crypto } = internals;

// Lower-case name → { name, generateKey?, importKey?, exportKey?, sign?, verify?, encrypt?, decrypt?, deriveBits?,
// wrapKey?, unwrapKey?, keyLength? }. Each takes what the method of SubtleCrypto gives it; see subtle.js.
const implementations = new Map();

const register = (implementation) => {
  implementations.set(implementation.name.toLowerCase(), implementation);
};

const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";

// A name, or an object with one: { name, params }. The name is read once.
function parseAlgorithm(algorithm) {
  if (algorithm === undefined || algorithm === null) throw new NativeTypeError("The algorithm must be a name or an object with one.");
  if (!isObject(algorithm)) return { name: `${algorithm}`, params: {} };
  const { name } = algorithm;
  if (name === undefined) throw new NativeTypeError('Missing field "name" in "algorithm".');
  return { name: `${name}`, params: algorithm };
}

// Names are compared without regard to case, but only to that of ASCII: "K" (U+212A) is no "k".
const isAscii = /^[\0-\x7f]*$/;
const lookUp = (name) => (isAscii.test(name) ? implementations.get(name.toLowerCase()) : undefined);

const hashes = { __proto__: null, "MD5": 512, "SHA-1": 512, "SHA-256": 512, "SHA-384": 1024, "SHA-512": 1024 };

// The standard spelling of a hash's name.
function hashName(algorithm) {
  const name = parseAlgorithm(algorithm).name.toUpperCase();
  if (!(name in hashes)) throw domException("NotSupportedError", "Unrecognized or unimplemented digest algorithm requested.");
  return name;
}

const usagesInOrder = ["encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "wrapKey", "unwrapKey"];

// Without duplicates and in the standard's order; none but the `allowed` ones. `action` is what is done with the key.
function checkedUsages(usages, allowed, action, name) {
  for (const usage of usages) {
    if (!allowed.includes(usage)) throw domException("SyntaxError", `Attempt to ${action} ${name} key with invalid usage "${usage}".`);
  }
  return usagesInOrder.filter((usage) => usages.includes(usage));
}

// Secret and private keys that nobody may use are a mistake.
function requireUsages(usages) {
  if (usages.length === 0) throw domException("SyntaxError", "Secret/private CryptoKeys must have at least one usage.");
}

// An ArrayBuffer or a view of one.
const isBytes = (value) => (isView(value) ? value.buffer : value) instanceof ArrayBuffer;

const missing = (member, dictionary) => new NativeTypeError(`Missing field "${member}" in "${dictionary}".`);

// The dictionary, as messages name it, of members that are bytes.
const dictionaries = {
  __proto__: null, iv: "EncryptAlgorithm", additionalData: "EncryptAlgorithm", counter: "EncryptAlgorithm", label: "EncryptAlgorithm",
  publicExponent: "GenerateKeyAlgorithm", salt: "DeriveKeyAlgorithm", info: "DeriveKeyAlgorithm",
};

// A program's bytes as a Uint8Array of our own.
const copyOf = (value) =>
  isView(value) ? new NativeUint8Array(value.buffer, value.byteOffset, value.byteLength).slice() : new NativeUint8Array(value.slice(0));

// Members of an algorithm's dictionary. Bytes are a copy, or undefined.
function bytesMember(params, member) {
  const value = params[member];
  if (value === undefined) return undefined;
  if (isBytes(value)) return copyOf(value);
  throw new NativeTypeError(
    `Incorrect type for the '${member}' field on '${dictionaries[member]}': the provided value is not of type 'BufferSource'.`,
  );
}

function requiredBytes(params, member, dictionary = "algorithm") {
  const value = bytesMember(params, member);
  if (value === undefined) throw missing(member, dictionary);
  return value;
}

// A whole number of 32 bits, or undefined.
function integer(value, what) {
  if (value === undefined) return undefined;
  const number = trunc(+value);
  if (number < -0x80000000 || number > 0x7fffffff) throw new NativeTypeError(`${what} is outside the integer range.`);
  return number | 0;
}

const integerMember = (params, member) => integer(params[member], member);

function requiredInteger(params, member) {
  const value = integerMember(params, member);
  if (value === undefined) throw missing(member, "algorithm");
  return value;
}

// The standard spelling of the hash in `hash`.
function requiredHash(params, dictionary = "algorithm") {
  const { hash } = params;
  if (hash === undefined) throw missing("hash", dictionary);
  return hashName(hash);
}

function requiredString(params, member) {
  const value = params[member];
  if (value === undefined) throw missing(member, "algorithm");
  return `${value}`;
}

const formatError = (format) => domException("NotSupportedError", `Unrecognized key import format "${format}".`);

Object.assign(crypto, {
  register, lookUp, parseAlgorithm, hashName, checkedUsages, requireUsages, isBytes, isObject, copyOf, missing, bytesMember, requiredBytes,
  integer, integerMember, requiredInteger, requiredHash, requiredString, formatError,
  blockBits: (hash) => hashes[hash],
});
