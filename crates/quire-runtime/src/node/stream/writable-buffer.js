// What a writable stream was given while it was writing, and the way out of there.
const { ERR_MULTIPLE_CALLBACK, ERR_STREAM_DESTROYED } = require("internal/errors");
const process = require("process");
const { highWaterMarkOf } = require("internal/stream/high-water-mark");
const { errorOrDestroy } = require("internal/stream/destroy");

const kOnFinished = Symbol("kOnFinished");
const nothing = () => {};

class WritableState {
  constructor(options, stream, isDuplex = stream instanceof require("internal/stream/duplex")) {
    this.objectMode = Boolean(options?.objectMode || (isDuplex && options?.writableObjectMode));
    this.highWaterMark = highWaterMarkOf(this.objectMode, options, "writableHighWaterMark", isDuplex);
    this.finalCalled = false;
    this.needDrain = false;
    this.ending = false;
    this.ended = false;
    this.finished = false;
    this.destroyed = false;
    this.decodeStrings = options?.decodeStrings !== false;
    this.defaultEncoding = options?.defaultEncoding || "utf8";
    this.length = 0;
    this.writing = false;
    this.corked = 0;
    // Whether `_write` is running: its callback is not passed on before it returned.
    this.sync = true;
    this.bufferProcessing = false;
    this.onwrite = (error) => onWritten(stream, error);
    this.writecb = null;
    this.writelen = 0;
    this.afterWriteTickInfo = null;
    this.afterWritePending = false;
    this.pendingcb = 0;
    this.constructed = true;
    this.prefinished = false;
    this.errorEmitted = false;
    this.emitClose = options?.emitClose !== false;
    this.autoDestroy = options?.autoDestroy !== false;
    this.errored = null;
    this.closed = false;
    this.closeEmitted = false;
    this[kOnFinished] = [];
    resetBuffer(this);
  }
  getBuffer() {
    return this.buffered.slice(this.bufferedIndex);
  }
  get bufferedRequestCount() {
    return this.buffered.length - this.bufferedIndex;
  }
}

function resetBuffer(state) {
  state.buffered = [];
  state.bufferedIndex = 0;
  state.allBuffers = true;
  state.allNoop = true;
}

/** Takes a chunk; gives whether more is welcome. */
function takeIn(stream, state, chunk, encoding, callback) {
  const length = state.objectMode ? 1 : chunk.length;
  state.length += length;
  const isRoom = state.length < state.highWaterMark;
  if (!isRoom) state.needDrain = true;
  if (state.writing || state.corked || state.errored || !state.constructed) {
    state.buffered.push({ chunk, encoding, callback });
    if (encoding !== "buffer") state.allBuffers = false;
    if (callback !== nothing) state.allNoop = false;
  } else {
    startWrite(state, length, callback);
    stream._write(chunk, encoding, state.onwrite);
    state.sync = false;
  }
  return isRoom && !state.errored && !state.destroyed;
}

function startWrite(state, length, callback) {
  state.writelen = length;
  state.writecb = callback;
  state.writing = true;
  state.sync = true;
}

function writeOut(stream, state, length, callback, write) {
  startWrite(state, length, callback);
  if (state.destroyed) state.onwrite(new ERR_STREAM_DESTROYED("write"));
  else write();
  state.sync = false;
}

function onWriteError(stream, state, error, callback) {
  state.pendingcb -= 1;
  callback(error);
  failBuffer(state);
  errorOrDestroy(stream, error);
}

function onWritten(stream, error) {
  const state = stream._writableState;
  const { sync, writecb: callback } = state;
  if (typeof callback !== "function") {
    errorOrDestroy(stream, new ERR_MULTIPLE_CALLBACK());
    return;
  }
  state.writing = false;
  state.writecb = null;
  state.length -= state.writelen;
  state.writelen = 0;
  if (error) {
    void error.stack;
    state.errored ??= error;
    if (stream._readableState) stream._readableState.errored ??= error;
    if (sync) process.nextTick(onWriteError, stream, state, error, callback);
    else onWriteError(stream, state, error, callback);
    return;
  }
  if (state.buffered.length > state.bufferedIndex) clearBuffer(stream, state);
  if (sync) writtenAtOnce(stream, state, callback);
  else afterWrite(stream, state, 1, callback);
}

/** The callback came before `_write` returned: the writer's own comes in the next tick, many in one if they are the same. */
function writtenAtOnce(stream, state, callback) {
  const willDrain = state.needDrain && state.length === 0;
  const needsTick = willDrain || state.destroyed || callback !== nothing;
  if (callback === nothing) {
    if (!state.afterWritePending && needsTick) {
      state.afterWritePending = true;
      process.nextTick(afterWrite, stream, state, 1, callback);
    } else {
      state.pendingcb -= 1;
      if (state.ending) finishMaybe(stream, state, true);
    }
  } else if (state.afterWriteTickInfo?.callback === callback) {
    state.afterWriteTickInfo.count += 1;
  } else {
    state.afterWriteTickInfo = { count: 1, callback, stream, state };
    state.afterWritePending = true;
    process.nextTick(afterWriteTick, state.afterWriteTickInfo);
  }
}

function afterWriteTick({ stream, state, count, callback }) {
  state.afterWriteTickInfo = null;
  afterWrite(stream, state, count, callback);
}

function afterWrite(stream, state, count, callback) {
  state.afterWritePending = false;
  if (state.needDrain && !state.ending && !stream.destroyed && state.length === 0) {
    state.needDrain = false;
    stream.emit("drain");
  }
  for (let left = count; left > 0; left -= 1) {
    state.pendingcb -= 1;
    callback(null);
  }
  if (state.destroyed) failBuffer(state);
  finishMaybe(stream, state);
}

/** Tells everyone who still waits that nothing will come of it. */
function failBuffer(state) {
  if (state.writing) return;
  for (const { chunk, callback } of state.buffered.slice(state.bufferedIndex)) {
    state.length -= state.objectMode ? 1 : chunk.length;
    callback(state.errored ?? new ERR_STREAM_DESTROYED("write"));
  }
  for (const callback of state[kOnFinished].splice(0)) callback(state.errored ?? new ERR_STREAM_DESTROYED("end"));
  resetBuffer(state);
}

const COMPACT_AT = 256;

/** Writes what is held, together if the stream can. */
function clearBuffer(stream, state) {
  if (state.corked || state.bufferProcessing || state.destroyed || !state.constructed) return;
  const { buffered, objectMode } = state;
  const count = buffered.length - state.bufferedIndex;
  if (count === 0) return;
  let index = state.bufferedIndex;
  state.bufferProcessing = true;
  if (count > 1 && stream._writev) {
    state.pendingcb -= count - 1;
    const start = index;
    const callback = state.allNoop
      ? nothing
      : (error) => {
          for (let one = start; one < buffered.length; one += 1) buffered[one].callback(error);
        };
    // Without callbacks nobody needs the array but `_writev`.
    const chunks = state.allNoop && index === 0 ? buffered : buffered.slice(index);
    chunks.allBuffers = state.allBuffers;
    writeOut(stream, state, state.length, callback, () => stream._writev(chunks, state.onwrite));
    resetBuffer(state);
  } else {
    do {
      const { chunk, encoding, callback } = buffered[index];
      buffered[index++] = null;
      const length = objectMode ? 1 : chunk.length;
      writeOut(stream, state, length, callback, () => stream._write(chunk, encoding, state.onwrite));
    } while (index < buffered.length && !state.writing);
    if (index === buffered.length) {
      resetBuffer(state);
    } else if (index > COMPACT_AT) {
      buffered.splice(0, index);
      state.bufferedIndex = 0;
    } else {
      state.bufferedIndex = index;
    }
  }
  state.bufferProcessing = false;
}

// Finishing.

const mayFinish = (state) =>
  state.ending &&
  !state.destroyed &&
  state.constructed &&
  state.length === 0 &&
  !state.errored &&
  state.buffered.length === 0 &&
  !state.finished &&
  !state.writing &&
  !state.errorEmitted &&
  !state.closeEmitted;

function runFinal(stream, state) {
  let called = false;
  function done(error) {
    if (called) {
      errorOrDestroy(stream, error ?? new ERR_MULTIPLE_CALLBACK());
      return;
    }
    called = true;
    state.pendingcb -= 1;
    if (error) {
      for (const callback of state[kOnFinished].splice(0)) callback(error);
      errorOrDestroy(stream, error, state.sync);
    } else if (mayFinish(state)) {
      state.prefinished = true;
      stream.emit("prefinish");
      // The flush of a transform may still push: `finish` comes after that.
      state.pendingcb += 1;
      process.nextTick(finish, stream, state);
    }
  }
  state.sync = true;
  state.pendingcb += 1;
  try {
    stream._final(done);
  } catch (error) {
    done(error);
  }
  state.sync = false;
}

function prefinish(stream, state) {
  if (state.prefinished || state.finalCalled) return;
  if (typeof stream._final === "function" && !state.destroyed) {
    state.finalCalled = true;
    runFinal(stream, state);
  } else {
    state.prefinished = true;
    stream.emit("prefinish");
  }
}

function finishMaybe(stream, state, isSync) {
  if (!mayFinish(state)) return;
  prefinish(stream, state);
  if (state.pendingcb !== 0) return;
  if (isSync) {
    state.pendingcb += 1;
    process.nextTick(finishIfStillMay, stream, state);
  } else if (mayFinish(state)) {
    state.pendingcb += 1;
    finish(stream, state);
  }
}

function finishIfStillMay(stream, state) {
  if (mayFinish(state)) finish(stream, state);
  else state.pendingcb -= 1;
}

function finish(stream, state) {
  state.pendingcb -= 1;
  state.finished = true;
  for (const callback of state[kOnFinished].splice(0)) callback(null);
  stream.emit("finish");
  if (!state.autoDestroy) return;
  const readable = stream._readableState;
  if (!readable || (readable.autoDestroy && (readable.endEmitted || readable.readable === false))) stream.destroy();
}

return { WritableState, kOnFinished, nothing, takeIn, clearBuffer, failBuffer, finishMaybe };
