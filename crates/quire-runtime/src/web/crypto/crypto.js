// crypto: random values and the way to the rest.
const NativeTypeError = TypeError;
const { isView } = ArrayBuffer;
const RANDOM_BYTES_MAX = 65536;
const secret = Symbol();
const integerViews = new Set([
  "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array", "BigInt64Array", "BigUint64Array",
]);
const viewKind = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;

class Crypto {
  #genuine;

  constructor(given) {
    if (given !== secret) throw new NativeTypeError("Illegal constructor");
  }
  static #check(receiver) {
    if (!(#genuine in Object(receiver))) {
      throw new NativeTypeError("Illegal invocation: this member belongs to Crypto");
    }
  }

  get subtle() {
    Crypto.#check(this);
    return internals.crypto.subtle;
  }
  get DigestStream() {
    Crypto.#check(this);
    return internals.crypto.digestStream();
  }

  getRandomValues(view) {
    Crypto.#check(this);
    if (!isView(view)) {
      throw new NativeTypeError("Failed to execute 'getRandomValues' on 'Crypto': parameter 1 is not of type 'ArrayBufferView'.");
    }
    if (!integerViews.has(Reflect.apply(viewKind, view, []))) {
      throw internals.domException("TypeMismatchError", "ArrayBufferView argument to getRandomValues() must be an integer-typed view.");
    }
    if (view.byteLength > RANDOM_BYTES_MAX) {
      throw internals.domException("QuotaExceededError", `getRandomValues() only accepts buffers of size <= 64K but provided ${view.byteLength} bytes.`);
    }
    if (view.buffer instanceof ArrayBuffer) {
      ops.crypto_random_fill(view);
    } else {
      // Shared memory: native code fills memory that no other thread sees.
      const own = new Uint8Array(view.byteLength);
      ops.crypto_random_fill(own);
      new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(own);
    }
    return view;
  }

  randomUUID() {
    Crypto.#check(this);
    return ops.crypto_random_uuid();
  }
}
internals.defineClass(Crypto, "Crypto");
Object.defineProperty(Crypto, "length", { value: 0, configurable: true });
internals.expose("Crypto", Crypto);
// One of the few globals that Object.keys(globalThis) lists.
Object.defineProperty(globalThis, "crypto", { value: new Crypto(secret), writable: true, enumerable: true, configurable: true });
