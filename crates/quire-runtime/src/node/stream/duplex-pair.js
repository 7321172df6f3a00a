// duplexPair(): what is written to one comes out of the other.
const Duplex = require("internal/stream/duplex");
const process = require("process");

class DuplexSide extends Duplex {
  #other = null;
  #resume = null;

  static connect(one, other) {
    one.#other = other;
    other.#other = one;
  }
  _read() {
    const resume = this.#resume;
    if (resume === null) return;
    this.#resume = null;
    resume();
  }
  _write(chunk, encoding, callback) {
    if (chunk.length === 0) {
      process.nextTick(callback);
      return;
    }
    this.#other.push(chunk);
    this.#other.#resume = callback;
  }
  _final(callback) {
    this.#other.on("end", callback);
    this.#other.push(null);
  }
}

return function duplexPair(options) {
  const sides = [new DuplexSide(options), new DuplexSide(options)];
  DuplexSide.connect(...sides);
  return sides;
};
