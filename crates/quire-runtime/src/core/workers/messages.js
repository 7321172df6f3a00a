// The messages of a session, as README.md describes them: numbers, texts, bytes.

const { apply } = Reflect;
const { subarray, set: setBytes, slice } = Uint8Array.prototype;
const { floor } = Math;
const NativeError = Error;
const NativeUint8Array = Uint8Array;
const { encodeUtf8, decodeUtf8 } = internals.encoding;

class Writer {
  #bytes = new NativeUint8Array(256);
  #at = 0;

  #reserve(more) {
    const at = this.#at;
    const needed = at + more;
    if (needed > this.#bytes.length) {
      const grown = new NativeUint8Array(needed * 2);
      apply(setBytes, grown, [apply(subarray, this.#bytes, [0, at])]);
      this.#bytes = grown;
    }
    this.#at = needed;
    return at;
  }
  number(number) {
    while (number >= 128) {
      this.#bytes[this.#reserve(1)] = (number % 128) | 128;
      number = floor(number / 128);
    }
    this.#bytes[this.#reserve(1)] = number;
    return this;
  }
  bytes(bytes) {
    this.number(bytes.length);
    const at = this.#reserve(bytes.length);
    apply(setBytes, this.#bytes, [bytes, at]);
    return this;
  }
  text(text) {
    return this.bytes(encodeUtf8(text));
  }
  /** The number of a stream: whether the writer gave it, and which. */
  stream(number) {
    return this.number(number > 0 ? number * 2 : -number * 2 + 1);
  }
  take() {
    const taken = apply(slice, this.#bytes, [0, this.#at]);
    this.#at = 0;
    return taken;
  }
}

const broken = () => new NativeError("A message of an RPC session makes no sense.");

class Reader {
  #bytes;
  #at = 0;

  constructor(bytes) {
    this.#bytes = bytes;
  }
  number() {
    let number = 0;
    for (let unit = 1; ; unit *= 128) {
      if (this.#at >= this.#bytes.length || unit > 2 ** 49) throw broken();
      const byte = this.#bytes[this.#at++];
      number += (byte & 127) * unit;
      if (byte < 128) return number;
    }
  }
  bytes() {
    const length = this.number();
    if (length > this.#bytes.length - this.#at) throw broken();
    return apply(subarray, this.#bytes, [this.#at, (this.#at += length)]);
  }
  text() {
    return decodeUtf8(this.bytes(), {});
  }
  stream() {
    const number = this.number();
    return number % 2 === 0 ? number / 2 : -(number - 1) / 2;
  }
}

internals.rpc.messages = {
  kinds: { call: 1, resolve: 2, reject: 3, release: 4, finish: 5, chunk: 6, end: 7, error: 8, credit: 9, cancel: 10 },
  /** One for all sessions: a message is made in one go. */
  writer: new Writer(),
  Reader,
  broken,
};
