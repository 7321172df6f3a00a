// Writable.
const {
  ERR_INVALID_ARG_TYPE,
  ERR_METHOD_NOT_IMPLEMENTED,
  ERR_STREAM_ALREADY_FINISHED,
  ERR_STREAM_CANNOT_PIPE,
  ERR_STREAM_DESTROYED,
  ERR_STREAM_NULL_VALUES,
  ERR_STREAM_WRITE_AFTER_END,
  ERR_UNKNOWN_ENCODING,
} = require("internal/errors");
const process = require("process");
const { Buffer } = require("buffer");
const { Stream } = require("internal/stream/legacy");
const { construct, destroy, errorOrDestroy, undestroy } = require("internal/stream/destroy");
const { WritableState, kOnFinished, nothing, takeIn, clearBuffer, failBuffer, finishMaybe } = require("internal/stream/writable-buffer");

const { WritableStream } = globalThis;
const hasInstance = Function.prototype[Symbol.hasInstance];

function Writable(options) {
  if (!(this instanceof Writable)) return new Writable(options);
  this._writableState ??= new WritableState(options, this, false);
  if (options) {
    if (typeof options.write === "function") this._write = options.write;
    if (typeof options.writev === "function") this._writev = options.writev;
    if (typeof options.destroy === "function") this._destroy = options.destroy;
    if (typeof options.final === "function") this._final = options.final;
    if (typeof options.construct === "function") this._construct = options.construct;
    if (options.signal) require("internal/stream/abort-signal").watch(options.signal, this);
  }
  Stream.call(this, options);
  construct(this, () => whenConstructed(this));
}
Object.setPrototypeOf(Writable.prototype, Stream.prototype);
Object.setPrototypeOf(Writable, Stream);

function whenConstructed(stream) {
  const state = stream._writableState;
  if (!state.writing) clearBuffer(stream, state);
  finishMaybe(stream, state);
}

// A duplex stream inherits from Readable only, and yet is a Writable.
Object.defineProperty(Writable, Symbol.hasInstance, {
  value(object) {
    if (hasInstance.call(this, object)) return true;
    return this === Writable && object?._writableState instanceof WritableState;
  },
});

Writable.WritableState = WritableState;

Writable.prototype.pipe = function pipe() {
  errorOrDestroy(this, new ERR_STREAM_CANNOT_PIPE());
};

/** Gives whether more is welcome, or the error. */
function write(stream, given, encodingOrCallback, givenCallback) {
  const state = stream._writableState;
  let chunk = given;
  let encoding = encodingOrCallback;
  let callback = givenCallback;
  if (typeof encoding === "function") {
    callback = encoding;
    encoding = null;
  }
  if (!encoding) encoding = state.defaultEncoding;
  else if (encoding !== "buffer" && !Buffer.isEncoding(encoding)) throw new ERR_UNKNOWN_ENCODING(encoding);
  if (typeof callback !== "function") callback = nothing;

  if (chunk === null) throw new ERR_STREAM_NULL_VALUES();
  if (!state.objectMode) {
    if (typeof chunk === "string") {
      if (state.decodeStrings) {
        chunk = Buffer.from(chunk, encoding);
        encoding = "buffer";
      }
    } else if (chunk instanceof Buffer) {
      encoding = "buffer";
    } else if (ArrayBuffer.isView(chunk)) {
      chunk = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      encoding = "buffer";
    } else {
      throw new ERR_INVALID_ARG_TYPE("chunk", ["string", "Buffer", "TypedArray", "DataView"], chunk);
    }
  }

  let error;
  if (state.ending) error = new ERR_STREAM_WRITE_AFTER_END();
  else if (state.destroyed) error = new ERR_STREAM_DESTROYED("write");
  if (error) {
    process.nextTick(callback, error);
    errorOrDestroy(stream, error, true);
    return error;
  }
  state.pendingcb += 1;
  return takeIn(stream, state, chunk, encoding, callback);
}

Writable.prototype.write = function writeChunk(chunk, encoding, callback) {
  return write(this, chunk, encoding, callback) === true;
};

Writable.prototype.cork = function cork() {
  this._writableState.corked += 1;
};

Writable.prototype.uncork = function uncork() {
  const state = this._writableState;
  if (!state.corked) return;
  state.corked -= 1;
  if (!state.writing) clearBuffer(this, state);
};

Writable.prototype.setDefaultEncoding = function setDefaultEncoding(given) {
  const encoding = typeof given === "string" ? given.toLowerCase() : given;
  if (!Buffer.isEncoding(encoding)) throw new ERR_UNKNOWN_ENCODING(encoding);
  this._writableState.defaultEncoding = encoding;
  return this;
};

Writable.prototype._write = function _write(chunk, encoding, callback) {
  if (!this._writev) throw new ERR_METHOD_NOT_IMPLEMENTED("_write()");
  this._writev([{ chunk, encoding }], callback);
};
Writable.prototype._writev = null;

Writable.prototype.end = function end(...given) {
  const state = this._writableState;
  const callback = given.find((argument) => typeof argument === "function");
  const [chunk, encoding] = given.slice(0, callback ? given.indexOf(callback) : 2);
  let error;
  if (chunk !== null && chunk !== undefined) {
    const result = write(this, chunk, encoding);
    if (result instanceof Error) error = result;
  }
  if (state.corked) {
    state.corked = 1;
    this.uncork();
  }
  if (error) {
    // Told below.
  } else if (!state.errored && !state.ending) {
    state.ending = true;
    finishMaybe(this, state, true);
    state.ended = true;
  } else if (state.finished) {
    error = new ERR_STREAM_ALREADY_FINISHED("end");
  } else if (state.destroyed) {
    error = new ERR_STREAM_DESTROYED("end");
  }
  if (callback) {
    if (error) process.nextTick(callback, error);
    else if (state.errored) process.nextTick(callback, state.errored);
    else if (state.finished) process.nextTick(callback, null);
    else state[kOnFinished].push(callback);
  }
  return this;
};

Writable.prototype.destroy = function destroyWritable(error, callback) {
  const state = this._writableState;
  if (!state.destroyed && (state.bufferedIndex < state.buffered.length || state[kOnFinished].length > 0)) {
    process.nextTick(failBuffer, state);
  }
  destroy.call(this, error, callback);
  return this;
};
Writable.prototype._undestroy = undestroy;
Writable.prototype._destroy = function _destroy(error, callback) {
  callback(error);
};
Writable.prototype[Symbol.for("nodejs.rejection")] = function onRejection(error) {
  this.destroy(error);
};
Writable.prototype[Symbol.asyncDispose] = async function asyncDispose() {
  const { AbortError } = require("internal/errors");
  const finished = require("internal/stream/finished");
  const error = this.destroyed || this.writableFinished ? null : new AbortError();
  if (error) this.destroy(error);
  await new Promise((resolve, reject) => finished(this, (failure) => (failure && failure.name !== "AbortError" ? reject(failure) : resolve(null))));
};

const property = (get, set) => ({ configurable: true, enumerable: false, get, set });
const stateOf = (read, otherwise) =>
  property(function get() {
    return this._writableState ? read(this._writableState) : otherwise;
  });

Object.defineProperties(Writable.prototype, {
  closed: stateOf((state) => state.closed, false),
  destroyed: property(
    function destroyed() {
      return this._writableState ? this._writableState.destroyed : false;
    },
    function setDestroyed(value) {
      if (this._writableState) this._writableState.destroyed = value;
    },
  ),
  writable: property(
    function writable() {
      const state = this._writableState;
      return Boolean(state) && state.writable !== false && !state.destroyed && !state.errored && !state.ending && !state.ended;
    },
    function setWritable(value) {
      if (this._writableState) this._writableState.writable = Boolean(value);
    },
  ),
  writableFinished: stateOf((state) => state.finished, false),
  writableObjectMode: stateOf((state) => state.objectMode, false),
  writableBuffer: stateOf((state) => state.getBuffer()),
  writableEnded: stateOf((state) => state.ending, false),
  writableNeedDrain: stateOf((state) => !state.destroyed && !state.ending && state.needDrain, false),
  writableHighWaterMark: stateOf((state) => state.highWaterMark),
  writableCorked: stateOf((state) => state.corked, 0),
  writableLength: stateOf((state) => state.length),
  errored: stateOf((state) => state.errored, null),
  writableAborted: stateOf((state) => Boolean(state.writable !== false && (state.destroyed || state.errored) && !state.finished), false),
});

Writable.fromWeb = function fromWeb(stream, options) {
  if (!(stream instanceof WritableStream)) throw new ERR_INVALID_ARG_TYPE("writableStream", "WritableStream", stream);
  return require("internal/stream/web-to-node").writableFromWeb(stream, options);
};
Writable.toWeb = function toWeb(stream) {
  return require("internal/stream/node-to-web").writableToWeb(stream);
};

return { Writable, whenConstructed };
