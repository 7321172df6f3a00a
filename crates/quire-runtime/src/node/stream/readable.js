// Readable: pull by read(), or flow by `data` events.
const { ERR_INVALID_ARG_TYPE, ERR_METHOD_NOT_IMPLEMENTED, ERR_STREAM_PUSH_AFTER_EOF, ERR_STREAM_UNSHIFT_AFTER_END_EVENT } = require("internal/errors");
const process = require("process");
const { Buffer } = require("buffer");
const { StringDecoder } = require("string_decoder");
const { Stream } = require("internal/stream/legacy");
const { construct, destroy, errorOrDestroy, undestroy } = require("internal/stream/destroy");
const { ReadableState, kPaused, append, prepend, readableSize, roundUp, take } = require("internal/stream/readable-buffer");

const asBuffer = (chunk) => Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);

function Readable(options) {
  if (!(this instanceof Readable)) return new Readable(options);
  this._readableState = new ReadableState(options, this, false);
  if (options) {
    if (typeof options.read === "function") this._read = options.read;
    if (typeof options.destroy === "function") this._destroy = options.destroy;
    if (typeof options.construct === "function") this._construct = options.construct;
    if (options.signal) require("internal/stream/abort-signal").watch(options.signal, this);
  }
  Stream.call(this, options);
  construct(this, () => whenConstructed(this));
}
Object.setPrototypeOf(Readable.prototype, Stream.prototype);
Object.setPrototypeOf(Readable, Stream);

function whenConstructed(stream) {
  if (stream._readableState.needReadable) maybeReadMore(stream, stream._readableState);
}

Readable.prototype.destroy = destroy;
Readable.prototype._undestroy = undestroy;
Readable.prototype._destroy = function _destroy(error, callback) {
  callback(error);
};
Readable.prototype._read = function _read() {
  throw new ERR_METHOD_NOT_IMPLEMENTED("_read()");
};
Readable.prototype[Symbol.for("nodejs.rejection")] = function onRejection(error) {
  this.destroy(error);
};
Readable.prototype[Symbol.asyncDispose] = function asyncDispose() {
  const { AbortError } = require("internal/errors");
  const error = this.destroyed || this.readableEnded ? null : new AbortError();
  if (error) this.destroy(error);
  const finished = require("internal/stream/finished");
  return new Promise((resolve, reject) => finished(this, (failure) => (failure && failure !== error ? reject(failure) : resolve(null))));
};

// Chunks in.

const mayPushMore = (state) => !state.ended && (state.length < state.highWaterMark || state.length === 0);

/** A chunk as it is kept: text in the stream's encoding, or a Buffer. Nothing for what is neither. */
function chunkOf(stream, state, chunk, encoding, toFront) {
  if (typeof chunk === "string") {
    const given = encoding || state.defaultEncoding;
    if (given === state.encoding) return { chunk, decoded: true };
    const bytes = Buffer.from(chunk, given);
    return toFront && state.encoding ? { chunk: bytes.toString(state.encoding), decoded: true } : { chunk: bytes };
  }
  if (chunk instanceof Buffer) return { chunk };
  if (ArrayBuffer.isView(chunk)) return { chunk: asBuffer(chunk) };
  if (chunk === undefined) return { chunk };
  errorOrDestroy(stream, new ERR_INVALID_ARG_TYPE("chunk", ["string", "Buffer", "TypedArray", "DataView"], chunk));
  return undefined;
}

function takeIn(stream, given, encoding, toFront) {
  const state = stream._readableState;
  if (given === null) {
    state.reading = false;
    onEnd(stream, state);
    return false;
  }
  let chunk = given;
  let decoded = true;
  if (!state.objectMode) {
    const made = chunkOf(stream, state, given, encoding, toFront);
    if (made === undefined) return false;
    ({ chunk, decoded = false } = made);
    if (!chunk || chunk.length <= 0) {
      if (!toFront) {
        state.reading = false;
        maybeReadMore(stream, state);
      }
      return mayPushMore(state);
    }
  }
  if (toFront) {
    if (state.endEmitted) errorOrDestroy(stream, new ERR_STREAM_UNSHIFT_AFTER_END_EVENT());
    else if (state.destroyed || state.errored) return false;
    else addChunk(stream, state, chunk, true);
    return mayPushMore(state);
  }
  if (state.ended) {
    errorOrDestroy(stream, new ERR_STREAM_PUSH_AFTER_EOF());
    return false;
  }
  if (state.destroyed || state.errored) return false;
  state.reading = false;
  if (state.decoder && (!decoded || (state.objectMode && !encoding))) {
    chunk = state.decoder.write(chunk);
    if (!state.objectMode && chunk.length === 0) {
      maybeReadMore(stream, state);
      return mayPushMore(state);
    }
  }
  addChunk(stream, state, chunk, false);
  return mayPushMore(state);
}

function releaseWriters(state) {
  if (state.multiAwaitDrain) state.awaitDrainWriters.clear();
  else state.awaitDrainWriters = null;
}

function addChunk(stream, state, chunk, toFront) {
  if (state.flowing && state.length === 0 && !state.sync && stream.listenerCount("data") > 0) {
    releaseWriters(state);
    state.dataEmitted = true;
    stream.emit("data", chunk);
  } else {
    state.length += state.objectMode ? 1 : chunk.length;
    if (toFront) prepend(state, chunk);
    else append(state, chunk);
    if (state.needReadable) emitReadable(stream);
  }
  maybeReadMore(stream, state);
}

Readable.prototype.push = function push(chunk, encoding) {
  return takeIn(this, chunk, encoding, false);
};
Readable.prototype.unshift = function unshift(chunk, encoding) {
  return takeIn(this, chunk, encoding, true);
};

function onEnd(stream, state) {
  if (state.ended) return;
  if (state.decoder) {
    const rest = state.decoder.end();
    if (rest?.length) {
      append(state, rest);
      state.length += state.objectMode ? 1 : rest.length;
    }
  }
  state.ended = true;
  if (state.sync) {
    emitReadable(stream);
  } else {
    state.needReadable = false;
    state.emittedReadable = true;
    tellReadable(stream);
  }
}

// Chunks out.

Readable.prototype.read = function read(given) {
  const state = this._readableState;
  let size = given === undefined ? NaN : Number.isInteger(given) ? given : Number.parseInt(given, 10);
  const wanted = size;
  if (size > state.highWaterMark) state.highWaterMark = roundUp(size);
  if (size !== 0) state.emittedReadable = false;

  // read(0) only prompts: when there is enough already, it tells so.
  const enough = state.highWaterMark === 0 ? state.length > 0 : state.length >= state.highWaterMark;
  if (size === 0 && state.needReadable && (enough || state.ended)) {
    if (state.length === 0 && state.ended) endReadable(this);
    else emitReadable(this);
    return null;
  }
  size = readableSize(size, state);
  if (size === 0 && state.ended) {
    if (state.length === 0) endReadable(this);
    return null;
  }

  const isLow = state.needReadable || state.length === 0 || state.length - size < state.highWaterMark;
  if (isLow && !state.ended && !state.reading && !state.destroyed && !state.errored && state.constructed) {
    state.reading = true;
    state.sync = true;
    if (state.length === 0) state.needReadable = true;
    try {
      this._read(state.highWaterMark);
    } catch (error) {
      errorOrDestroy(this, error);
    }
    state.sync = false;
    // What was pushed meanwhile counts for this call.
    if (!state.reading) size = readableSize(wanted, state);
  }

  const chunk = size > 0 ? take(size, state) : null;
  if (chunk === null) {
    state.needReadable = state.length <= state.highWaterMark;
    size = 0;
  } else {
    state.length -= size;
    releaseWriters(state);
  }
  if (state.length === 0) {
    if (!state.ended) state.needReadable = true;
    if (wanted !== size && state.ended) endReadable(this);
  }
  if (chunk !== null && !state.errorEmitted && !state.closeEmitted) {
    state.dataEmitted = true;
    this.emit("data", chunk);
  }
  return chunk;
};

function emitReadable(stream) {
  const state = stream._readableState;
  state.needReadable = false;
  if (state.emittedReadable) return;
  state.emittedReadable = true;
  process.nextTick(tellReadable, stream);
}

function tellReadable(stream) {
  const state = stream._readableState;
  if (!state.destroyed && !state.errored && (state.length > 0 || state.ended)) {
    stream.emit("readable");
    state.emittedReadable = false;
  }
  state.needReadable = !state.flowing && !state.ended && state.length <= state.highWaterMark;
  flow(stream);
}

/** Fills the buffer up to its mark, in the next tick: what is pushed in between counts. */
function maybeReadMore(stream, state) {
  if (state.readingMore || !state.constructed) return;
  state.readingMore = true;
  process.nextTick(readMore, stream, state);
}

function readMore(stream, state) {
  while (!state.reading && !state.ended && (state.length < state.highWaterMark || (state.flowing && state.length === 0))) {
    const before = state.length;
    stream.read(0);
    if (before === state.length) break;
  }
  state.readingMore = false;
}

function endReadable(stream) {
  const state = stream._readableState;
  if (state.endEmitted) return;
  state.ended = true;
  process.nextTick(emitEnd, state, stream);
}

function emitEnd(state, stream) {
  if (state.errored || state.closeEmitted || state.endEmitted || state.length > 0) return;
  state.endEmitted = true;
  stream.emit("end");
  if (stream.writable && stream.allowHalfOpen === false) {
    process.nextTick(endWritable, stream);
  } else if (state.autoDestroy) {
    const writable = stream._writableState;
    if (!writable || (writable.autoDestroy && (writable.finished || writable.writable === false))) stream.destroy();
  }
}

function endWritable(stream) {
  if (stream.writable && !stream.writableEnded && !stream.destroyed) stream.end();
}

// Flowing.

Readable.prototype.isPaused = function isPaused() {
  return this._readableState[kPaused] === true || this._readableState.flowing === false;
};

Readable.prototype.resume = function resume() {
  const state = this._readableState;
  if (!state.flowing) {
    // A listener of `readable` keeps it from flowing, but it still has to be read from.
    state.flowing = !state.readableListening;
    if (!state.resumeScheduled) {
      state.resumeScheduled = true;
      process.nextTick(startFlow, this, state);
    }
  }
  state[kPaused] = false;
  return this;
};

function startFlow(stream, state) {
  if (!state.reading) stream.read(0);
  state.resumeScheduled = false;
  stream.emit("resume");
  flow(stream);
  if (state.flowing && !state.reading) stream.read(0);
}

Readable.prototype.pause = function pause() {
  const state = this._readableState;
  if (state.flowing !== false) {
    state.flowing = false;
    this.emit("pause");
  }
  state[kPaused] = true;
  return this;
};

function flow(stream) {
  const state = stream._readableState;
  while (state.flowing && stream.read() !== null);
}

Readable.prototype.setEncoding = function setEncoding(encoding) {
  const state = this._readableState;
  const decoder = new StringDecoder(encoding);
  state.decoder = decoder;
  state.encoding = decoder.encoding;
  let text = "";
  for (const chunk of state.buffer.slice(state.bufferIndex)) text += decoder.write(chunk);
  state.buffer.length = 0;
  state.bufferIndex = 0;
  if (text !== "") state.buffer.push(text);
  state.length = text.length;
  return this;
};

Readable.ReadableState = ReadableState;
Readable._fromList = take;
Object.assign(exports, { Readable, emitReadable, maybeReadMore, whenConstructed });
require("internal/stream/readable-events");
return exports;
