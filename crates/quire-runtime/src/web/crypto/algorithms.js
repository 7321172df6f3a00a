// Which algorithms there are, and how a program's naming of one is understood (Web Cryptography API §18.4).
const NativeTypeError = TypeError;
const { isView } = ArrayBuffer;
const { domException } = internals;

// Lower-case name → { name, generateKey?, importKey?, exportKey?, sign?, verify?, encrypt?, decrypt?, deriveBits?,
// wrapKey?, unwrapKey?, keyLength? }. Each takes what the method of SubtleCrypto gives it; see subtle.js.
const implementations = new Map();

const register = (implementation) => {
  implementations.set(implementation.name.toLowerCase(), implementation);
};

const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";

// A string, or an object with a name; always as an object.
function algorithmObject(algorithm) {
  return isObject(algorithm) ? algorithm : { name: algorithm };
}

const nameOf = (algorithm) => `${algorithmObject(algorithm).name}`;

// The implementation that has this operation, or a NotSupportedError.
function find(algorithm, operation) {
  const name = nameOf(algorithm);
  const implementation = implementations.get(name.toLowerCase());
  if (implementation?.[operation] === undefined) {
    throw domException("NotSupportedError", `The algorithm \`${name}\` is not known or does not support ${operation}().`);
  }
  return implementation;
}

const hashes = { __proto__: null, "MD5": 512, "SHA-1": 512, "SHA-256": 512, "SHA-384": 1024, "SHA-512": 1024 };

// The standard spelling of a hash's name.
function hashName(algorithm) {
  const name = nameOf(algorithm).toUpperCase();
  if (!(name in hashes)) {
    throw domException("NotSupportedError", `The digest algorithm \`${nameOf(algorithm)}\` is not known.`);
  }
  return name;
}

const usagesInOrder = ["encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "wrapKey", "unwrapKey"];

// Without duplicates and in the standard's order; none but the `allowed` ones.
function checkedUsages(usages, allowed, algorithm) {
  for (const usage of usages) {
    if (!allowed.includes(usage)) {
      throw domException("SyntaxError", `A key for ${algorithm} cannot have the usage \`${usage}\`.`);
    }
  }
  return usagesInOrder.filter((usage) => usages.includes(usage));
}

// Secret and private keys that nobody may use are a mistake.
function requireUsages(usages) {
  if (usages.length === 0) throw domException("SyntaxError", "Secret/private CryptoKeys must have at least one usage.");
}

// An ArrayBuffer or a view of one.
function bytes(value, what) {
  const buffer = isView(value) ? value.buffer : value;
  if (!(buffer instanceof ArrayBuffer)) throw new NativeTypeError(`${what} must be an ArrayBuffer or a view of one`);
  return value;
}

function base64UrlBytes(text, what) {
  try {
    return Uint8Array.fromBase64(text, { alphabet: "base64url" });
  } catch {
    try {
      return Uint8Array.fromBase64(text);
    } catch {
      throw domException("DataError", `${what} is not in base64url`);
    }
  }
}

const base64UrlText = (data) => data.toBase64({ alphabet: "base64url", omitPadding: true });

Object.assign(internals.crypto, {
  register, find, nameOf, algorithmObject, hashName, checkedUsages, requireUsages, bytes, isObject, base64UrlBytes, base64UrlText,
  blockBits: (hash) => hashes[hash],
  // More data than this is worth a thread of its own.
  LARGE: 1024 * 1024,
});
