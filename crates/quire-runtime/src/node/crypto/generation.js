// New keys: generateKeyPair, generateKey.
const { ERR_INVALID_ARG_VALUE, define } = require("internal/errors");
const { validateFunction, validateInteger, validateObject, validateOneOf, validateString, validateUint32 } = require("internal/validators");
const process = require("process");
const { native, errorOf } = require("internal/crypto/calls");
const { encode, keyOf, secretKey } = require("internal/crypto/keys");

const kinds = ["rsa", "rsa-pss", "dsa", "ec", "ed25519", "ed448", "x25519", "x448"];
const ERR_INVALID_CURVE = define("ERR_CRYPTO_INVALID_CURVE", "Invalid EC curve name", TypeError);

/** What the native operation takes. */
function wish(type, options) {
  validateString(type, "type");
  if (!kinds.includes(type)) throw new ERR_INVALID_ARG_VALUE("type", type, "must be a supported key type");
  if (options !== undefined) validateObject(options, "options");
  let [bits, exponent, curve] = [0, 65537, ""];
  if (type === "rsa" || type === "rsa-pss" || type === "dsa") {
    validateObject(options, "options");
    validateUint32(options.modulusLength, "options.modulusLength");
    bits = options.modulusLength;
    if (options.publicExponent != null) {
      validateUint32(options.publicExponent, "options.publicExponent");
      exponent = options.publicExponent;
    }
  } else if (type === "ec") {
    validateObject(options, "options");
    validateString(options.namedCurve, "options.namedCurve");
    curve = options.namedCurve;
    if (curve === "") throw new ERR_INVALID_CURVE();
  }
  for (const name of ["publicKeyEncoding", "privateKeyEncoding"]) {
    if (options?.[name] != null) validateObject(options[name], `options.${name}`);
  }
  return [type, bits, exponent, curve];
}

function pairOf(handle, options) {
  const privateKey = keyOf(handle);
  const publicKey = keyOf(native(handle, "public"));
  const as = (key, name) => (options?.[name] == null ? key : encode(key, options[name], `options.${name}`));
  return { publicKey: as(publicKey, "publicKeyEncoding"), privateKey: as(privateKey, "privateKeyEncoding") };
}

function generateKeyPairSync(type, options) {
  return pairOf(native(ops.node_crypto_key_generate, ...wish(type, options)), options);
}

function generateKeyPair(type, given, givenCallback) {
  const [options, callback] = typeof given === "function" ? [undefined, given] : [given, givenCallback];
  validateFunction(callback, "callback");
  ops.node_crypto_key_generate_elsewhere(...wish(type, options)).then(
    (der) => {
      let pair;
      try {
        pair = pairOf(native(ops.node_crypto_key_read, der, true, false, "pkcs8"), options);
      } catch (error) {
        process.nextTick(callback, error);
        return;
      }
      process.nextTick(callback, null, pair.publicKey, pair.privateKey);
    },
    (error) => process.nextTick(callback, errorOf(error)),
  );
}
Object.defineProperty(generateKeyPair, Symbol.for("nodejs.util.promisify.custom"), {
  value: (type, options) =>
    new Promise((resolve, reject) =>
      generateKeyPair(type, options, (error, publicKey, privateKey) => (error ? reject(error) : resolve({ publicKey, privateKey }))),
    ),
});

const HMAC_BITS_MAX = 2 ** 31 - 1;

function generateKeySync(type, options) {
  validateString(type, "type");
  validateObject(options, "options");
  const { length } = options;
  if (type === "hmac") validateInteger(length, "options.length", 8, HMAC_BITS_MAX);
  else if (type === "aes") validateOneOf(length, "options.length", [128, 192, 256]);
  else throw new ERR_INVALID_ARG_VALUE("type", type, "must be a supported key type");
  return secretKey(ops.crypto_random_key(Math.floor(length / 8)));
}

function generateKey(type, options, callback) {
  validateFunction(callback, "callback");
  const key = generateKeySync(type, options);
  process.nextTick(callback, null, key);
}

return { generateKeyPair, generateKeyPairSync, generateKey, generateKeySync };
