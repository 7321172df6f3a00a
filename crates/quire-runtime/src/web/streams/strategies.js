// ByteLengthQueuingStrategy and CountQueuingStrategy (Streams §7).
const NativeTypeError = TypeError;
const { dictionary, illegal, isObject } = internals.streams;

// The same function object for every strategy of a realm, as the standard wants.
const byteLengthSize = { size: (chunk) => chunk.byteLength }.size;
const countSize = { size: () => 1 }.size;

function convertInit(init) {
  const members = dictionary(init, "The argument of a queuing strategy");
  const mark = members === undefined ? undefined : members.highWaterMark;
  if (mark === undefined) throw new NativeTypeError("A queuing strategy needs a highWaterMark.");
  return +mark;
}

class ByteLengthQueuingStrategy {
  #highWaterMark;

  constructor(init) {
    this.#highWaterMark = convertInit(init);
  }
  get highWaterMark() {
    if (!isObject(this) || !(#highWaterMark in this)) throw illegal("ByteLengthQueuingStrategy");
    return this.#highWaterMark;
  }
  get size() {
    if (!isObject(this) || !(#highWaterMark in this)) throw illegal("ByteLengthQueuingStrategy");
    return byteLengthSize;
  }
}

class CountQueuingStrategy {
  #highWaterMark;

  constructor(init) {
    this.#highWaterMark = convertInit(init);
  }
  get highWaterMark() {
    if (!isObject(this) || !(#highWaterMark in this)) throw illegal("CountQueuingStrategy");
    return this.#highWaterMark;
  }
  get size() {
    if (!isObject(this) || !(#highWaterMark in this)) throw illegal("CountQueuingStrategy");
    return countSize;
  }
}

internals.defineClass(ByteLengthQueuingStrategy, "ByteLengthQueuingStrategy");
internals.defineClass(CountQueuingStrategy, "CountQueuingStrategy");
internals.expose("ByteLengthQueuingStrategy", ByteLengthQueuingStrategy);
internals.expose("CountQueuingStrategy", CountQueuingStrategy);
