// Readable's listeners, what may be asked about it, and the ways out of it that are not read().
const { Stream } = require("internal/stream/legacy");
const { Readable, emitReadable } = require("internal/stream/readable");
const { kPaused } = require("internal/stream/readable-buffer");
const { destroyer, errorOrDestroy } = require("internal/stream/destroy");
const process = require("process");

const { ReadableStream } = globalThis;

Readable.prototype.on = function on(event, listener) {
  const result = Stream.prototype.on.call(this, event, listener);
  const state = this._readableState;
  if (event === "data") {
    state.readableListening = this.listenerCount("readable") > 0;
    // Whoever paused it explicitly has to resume it.
    if (state.flowing !== false) this.resume();
  } else if (event === "readable" && !state.endEmitted && !state.readableListening) {
    state.readableListening = state.needReadable = true;
    state.flowing = false;
    state.emittedReadable = false;
    if (state.length > 0) emitReadable(this);
    else if (!state.reading) process.nextTick((stream) => stream.read(0), this);
  }
  return result;
};
Readable.prototype.addListener = Readable.prototype.on;

Readable.prototype.removeListener = function removeListener(event, listener) {
  const result = Stream.prototype.removeListener.call(this, event, listener);
  // Later: whoever removes one listener often adds another at once.
  if (event === "readable") process.nextTick(updateListening, this);
  return result;
};
Readable.prototype.off = Readable.prototype.removeListener;

Readable.prototype.removeAllListeners = function removeAllListeners(...given) {
  const result = Stream.prototype.removeAllListeners.apply(this, given);
  if (given[0] === "readable" || given[0] === undefined) process.nextTick(updateListening, this);
  return result;
};

function updateListening(stream) {
  const state = stream._readableState;
  state.readableListening = stream.listenerCount("readable") > 0;
  if (state.resumeScheduled && state[kPaused] === false) state.flowing = true;
  else if (stream.listenerCount("data") > 0) stream.resume();
  else if (!state.readableListening) state.flowing = null;
}

/** A stream of before `read()`, one that only emits `data` and `end`, becomes this stream's source. */
Readable.prototype.wrap = function wrap(old) {
  let paused = false;
  old.on("data", (chunk) => {
    if (!this.push(chunk) && old.pause) {
      paused = true;
      old.pause();
    }
  });
  old.on("end", () => this.push(null));
  old.on("error", (error) => errorOrDestroy(this, error));
  old.on("close", () => destroyer(this));
  old.on("destroy", () => destroyer(this));
  this._read = () => {
    if (paused && old.resume) {
      paused = false;
      old.resume();
    }
  };
  for (const name of Object.keys(old)) {
    if (this[name] === undefined && typeof old[name] === "function") this[name] = old[name].bind(old);
  }
  return this;
};

Readable.prototype[Symbol.asyncIterator] = function asyncIterator() {
  return iterate(this);
};

Readable.prototype.iterator = function iterator(options) {
  if (options !== undefined) require("internal/validators").validateObject(options, "options");
  return iterate(this, options);
};

function iterate(given, options) {
  const stream = typeof given.read === "function" ? given : Readable.wrap(given, { objectMode: true });
  const chunks = chunksOf(stream, options);
  chunks.stream = stream;
  return chunks;
}

async function* chunksOf(stream, options) {
  const aggregateTwoErrors = require("internal/stream/two-errors");
  const finished = require("internal/stream/finished");
  let wake;
  // undefined: still open; null: ended; else what it failed with.
  let outcome;
  const onReadable = () => {
    wake?.();
    wake = undefined;
  };
  stream.on("readable", onReadable);
  const forget = finished(stream, { writable: false }, (error) => {
    outcome = error ? aggregateTwoErrors(outcome, error) : null;
    onReadable();
  });
  try {
    for (;;) {
      const chunk = stream.destroyed ? null : stream.read();
      if (chunk !== null) {
        yield chunk;
      } else if (outcome) {
        throw outcome;
      } else if (outcome === null) {
        return;
      } else {
        await new Promise((resolve) => {
          wake = resolve;
        });
      }
    }
  } catch (error) {
    outcome = aggregateTwoErrors(outcome, error);
    throw outcome;
  } finally {
    const mayDestroy = outcome === undefined || stream._readableState.autoDestroy;
    if ((outcome || options?.destroyOnReturn !== false) && mayDestroy) {
      destroyer(stream, null);
    } else {
      stream.off("readable", onReadable);
      forget();
    }
  }
}

const property = (get, set) => ({ configurable: true, enumerable: false, get, set });

Object.defineProperties(Readable.prototype, {
  readable: property(
    function readable() {
      const state = this._readableState;
      // A duplex stream without this side says so by `readable: false`.
      return Boolean(state) && state.readable !== false && !state.destroyed && !state.errorEmitted && !state.endEmitted;
    },
    function setReadable(value) {
      if (this._readableState) this._readableState.readable = Boolean(value);
    },
  ),
  readableDidRead: property(function readableDidRead() {
    return this._readableState.dataEmitted;
  }),
  readableAborted: property(function readableAborted() {
    const state = this._readableState;
    return Boolean(state.readable !== false && (state.destroyed || state.errored) && !state.endEmitted);
  }),
  readableHighWaterMark: property(function readableHighWaterMark() {
    return this._readableState.highWaterMark;
  }),
  readableBuffer: property(function readableBuffer() {
    return this._readableState?.buffer;
  }),
  readableFlowing: property(
    function readableFlowing() {
      return this._readableState.flowing;
    },
    function setReadableFlowing(value) {
      if (this._readableState) this._readableState.flowing = value;
    },
  ),
  readableLength: property(function readableLength() {
    return this._readableState.length;
  }),
  readableObjectMode: property(function readableObjectMode() {
    return this._readableState ? this._readableState.objectMode : false;
  }),
  readableEncoding: property(function readableEncoding() {
    return this._readableState ? this._readableState.encoding : null;
  }),
  errored: property(function errored() {
    return this._readableState ? this._readableState.errored : null;
  }),
  closed: property(function closed() {
    return this._readableState ? this._readableState.closed : false;
  }),
  destroyed: property(
    function destroyed() {
      return this._readableState ? this._readableState.destroyed : false;
    },
    function setDestroyed(value) {
      if (this._readableState) this._readableState.destroyed = value;
    },
  ),
  readableEnded: property(function readableEnded() {
    return this._readableState ? this._readableState.endEmitted : false;
  }),
});

Readable.from = function from(iterable, options) {
  return require("internal/stream/from")(Readable, iterable, options);
};
Readable.wrap = function wrapOld(source, options) {
  return new Readable({
    objectMode: source.readableObjectMode ?? source.objectMode ?? true,
    ...options,
    destroy(error, callback) {
      destroyer(source, error);
      callback(error);
    },
  }).wrap(source);
};
Readable.fromWeb = function fromWeb(stream, options) {
  if (!(stream instanceof ReadableStream)) {
    const { ERR_INVALID_ARG_TYPE } = require("internal/errors");
    throw new ERR_INVALID_ARG_TYPE("readableStream", "ReadableStream", stream);
  }
  return require("internal/stream/web-to-node").readableFromWeb(stream, options);
};
Readable.toWeb = function toWeb(stream, options) {
  return require("internal/stream/node-to-web").readableToWeb(stream, options);
};

require("internal/stream/pipe");
