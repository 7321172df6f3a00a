// node:stream. The module itself is the base class, as it always was.
const { Stream } = require("internal/stream/legacy");
const { Readable } = require("internal/stream/readable");
const { Writable } = require("internal/stream/writable");
const Duplex = require("internal/stream/duplex");
const { Transform, PassThrough } = require("internal/stream/transform");
const { pipeline } = require("internal/stream/pipeline");
const finished = require("internal/stream/finished");
const compose = require("internal/stream/compose");
const operators = require("internal/stream/operators");
const { addAbortSignal } = require("internal/stream/abort-signal");
const { destroyer } = require("internal/stream/destroy");
const { getDefaultHighWaterMark, setDefaultHighWaterMark } = require("internal/stream/high-water-mark");
const { isDestroyed, isDisturbed, isErrored, isReadable, isWritable } = require("internal/stream/kinds");
const { Buffer } = require("buffer");
const promises = require("stream/promises");
const duplexPair = require("internal/stream/duplex-pair");

const define = (object, name, value) =>
  Object.defineProperty(object, name, { value, enumerable: false, configurable: true, writable: true });

for (const [name, operator] of Object.entries(operators.streams)) {
  const method = {
    [name](...given) {

      const result = operator.apply(this, given);
      return name === "compose" ? result : Readable.from(result);
    },
  }[name];
  define(Readable.prototype, name, method);
}
for (const [name, operator] of Object.entries(operators.promises)) {
  const method = {
    [name](...given) {
      return Promise.resolve(operator.apply(this, given));
    },
  }[name];
  define(Readable.prototype, name, method);
}

Object.assign(Stream, {
  isDestroyed,
  isDisturbed,
  isErrored,
  isReadable,
  isWritable,
  Readable,
  Writable,
  Duplex,
  Transform,
  PassThrough,
  duplexPair,
  pipeline,
  addAbortSignal,
  finished,
  destroy: destroyer,
  compose,
  setDefaultHighWaterMark,
  getDefaultHighWaterMark,
  promises,
  Stream,
  _isArrayBufferView: (value) => ArrayBuffer.isView(value),
  _isUint8Array: (value) => value instanceof Uint8Array,
  _uint8ArrayToBuffer: (chunk) => Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength),
});
const promisified = Symbol.for("nodejs.util.promisify.custom");
Object.defineProperty(pipeline, promisified, { enumerable: true, value: promises.pipeline });
Object.defineProperty(finished, promisified, { enumerable: true, value: promises.finished });
return Stream;
