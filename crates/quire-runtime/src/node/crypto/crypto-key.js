// The Web Cryptography API's keys as KeyObjects: what they are made of stays within the runtime.
const { secretKey, keyOf } = require("internal/crypto/keys");
const { native } = require("internal/crypto/calls");

function fromCryptoKey(key) {
  const { type, material } = internals.crypto.partsOf(key);
  if (type === "secret") return secretKey(material);
  const isPrivate = type === "private";
  const der = ops.crypto_key_export(isPrivate ? "pkcs8" : "spki", material.key);
  return keyOf(native(ops.node_crypto_key_read, der, isPrivate, false, isPrivate ? "pkcs8" : "spki"));
}

return { fromCryptoKey };
