// CryptoKey. What it is made of never leaves the runtime except through exportKey().
const NativeTypeError = TypeError;
const key = Symbol();

let partsOf;
let isCryptoKey;

// Attributes are given out as copies: programs cannot change a key by changing what they were shown.
function copyAlgorithm(algorithm) {
  const copy = { ...algorithm };
  if (copy.hash !== undefined) copy.hash = { ...copy.hash };
  if (copy.publicExponent !== undefined) copy.publicExponent = copy.publicExponent.slice();
  return copy;
}

class CryptoKey {
  #parts;
  // Made when first asked for, then always the same.
  #algorithm;
  #usages;

  static {
    isCryptoKey = (value) => value !== null && typeof value === "object" && #parts in value;
    partsOf = (value) => {
      if (!isCryptoKey(value)) throw new NativeTypeError("Illegal invocation: this member belongs to CryptoKey");
      return value.#parts;
    };
  }

  constructor(secret, parts) {
    if (secret !== key) throw new NativeTypeError("Illegal constructor");
    this.#parts = parts;
  }
  get type() {
    return partsOf(this).type;
  }
  get extractable() {
    return partsOf(this).extractable;
  }
  get algorithm() {
    const { algorithm } = partsOf(this);
    return (this.#algorithm ??= copyAlgorithm(algorithm));
  }
  get usages() {
    const { usages } = partsOf(this);
    return (this.#usages ??= [...usages]);
  }
}
Object.defineProperty(CryptoKey, "length", { value: 0, configurable: true });
internals.defineClass(CryptoKey, "CryptoKey");
internals.expose("CryptoKey", CryptoKey);

internals.crypto = {
  // parts: { type, extractable, algorithm, usages (in the standard's order), material (the algorithm's own business) }
  createKey: (parts) => new CryptoKey(key, parts),
  partsOf,
  isCryptoKey,
};
