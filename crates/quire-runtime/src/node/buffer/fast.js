// The class behind Buffer: `Buffer` itself can be called without `new`, which no class can.
exports.FastBuffer = class FastBuffer extends Uint8Array {
  // What Uint8Array's own methods make of a Buffer, such as map().
  static get [Symbol.species]() {
    return FastBuffer;
  }
};
