// HKDF and PBKDF2 (Web Cryptography API §32, §33). A key's material is a Uint8Array.
const { domException, crypto } = internals;
const { register, createKey, checkedUsages, requireUsages, requiredBytes, requiredHash, requiredInteger } = crypto;

function checkLength(name, length) {
  if (length === null) throw domException("OperationError", `${name} cannot derive a key with null length.`);
  if (length % 8 !== 0) {
    throw domException("OperationError", `${name} requires a derived key length that is a multiple of eight (requested ${length}).`);
  }
}

function define(name, deriveBits) {
  register({
    name,
    deriveBits,

    importKey(format, data, params, extractable, usages) {
      const allowed = checkedUsages(usages, ["deriveKey", "deriveBits"], "import secret", name);
      if (extractable) throw domException("SyntaxError", `${name} key cannot be extractable.`);
      if (format !== "raw") {
        throw domException("NotSupportedError", `${name} key must be imported in "raw" format (requested "${format}").`);
      }
      requireUsages(allowed);
      return createKey({ type: "secret", extractable, usages: allowed, material: data, algorithm: { name } });
    },

    // All that there is.
    keyLength: () => null,
  });
}

define("HKDF", async ({ material }, params, length) => {
  const hash = requiredHash(params);
  const salt = requiredBytes(params, "salt");
  const info = requiredBytes(params, "info");
  checkLength("HKDF", length);
  return ops.crypto_hkdf(hash, material, salt, info, length / 8).buffer;
});

define("PBKDF2", async ({ material }, params, length) => {
  const hash = requiredHash(params);
  const salt = requiredBytes(params, "salt");
  const iterations = requiredInteger(params, "iterations");
  checkLength("PBKDF2", length);
  if (iterations <= 0) {
    throw domException("OperationError", `PBKDF2 requires a positive iteration count (requested ${iterations}).`);
  }
  return (await ops.crypto_pbkdf2(hash, material, salt, iterations, length / 8)).buffer;
});
