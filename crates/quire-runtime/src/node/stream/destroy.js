// The end of a stream, and its beginning: destroy(), errors that end it, and `_construct`.
const { AbortError, ERR_MULTIPLE_CALLBACK } = require("internal/errors");
const aggregateTwoErrors = require("internal/stream/two-errors");
const process = require("process");
const { kIsDestroyed, isDestroyed, isFinished } = require("internal/stream/kinds");

const kDestroy = Symbol("kDestroy");
const kConstruct = Symbol("kConstruct");

function setErrored(error, ...states) {
  if (!error) return;
  // Makes the engine note where it was made, before its frames are gone.
  void error.stack;
  for (const state of states) if (state && !state.errored) state.errored = error;
}

function emitError(stream, error) {
  const { _readableState: readable, _writableState: writable } = stream;
  if (writable?.errorEmitted || readable?.errorEmitted) return;
  if (writable) writable.errorEmitted = true;
  if (readable) readable.errorEmitted = true;
  stream.emit("error", error);
}

function emitClose(stream) {
  const { _readableState: readable, _writableState: writable } = stream;
  if (writable) writable.closeEmitted = true;
  if (readable) readable.closeEmitted = true;
  if (writable?.emitClose || readable?.emitClose) stream.emit("close");
}

function emitErrorAndClose(stream, error) {
  emitError(stream, error);
  emitClose(stream);
}

function runDestroy(stream, error, callback) {
  let called = false;
  function done(failure) {
    if (called) return;
    called = true;
    const { _readableState: readable, _writableState: writable } = stream;
    setErrored(failure, writable, readable);
    if (writable) writable.closed = true;
    if (readable) readable.closed = true;
    if (typeof callback === "function") callback(failure);
    if (failure) process.nextTick(emitErrorAndClose, stream, failure);
    else process.nextTick(emitClose, stream);
  }
  try {
    stream._destroy(error || null, done);
  } catch (failure) {
    done(failure);
  }
}

/** The method of every stream. */
function destroy(error, callback) {
  const { _readableState: readable, _writableState: writable } = this;
  if (writable?.destroyed || readable?.destroyed) {
    if (typeof callback === "function") callback();
    return this;
  }
  setErrored(error, writable, readable);
  if (writable) writable.destroyed = true;
  if (readable) readable.destroyed = true;
  if ((writable || readable).constructed) {
    runDestroy(this, error, callback);
  } else {
    this.once(kDestroy, (failure) => runDestroy(this, aggregateTwoErrors(failure, error), callback));
  }
  return this;
}

/** Makes a destroyed stream usable again, for those who keep them in pools. */
function undestroy() {
  const { _readableState: readable, _writableState: writable } = this;
  const common = { constructed: true, closed: false, closeEmitted: false, destroyed: false, errored: null, errorEmitted: false };
  if (readable) {
    const ended = readable.readable === false;
    Object.assign(readable, common, { reading: false, ended, endEmitted: ended });
  }
  if (writable) {
    const ended = writable.writable === false;
    Object.assign(writable, common, { finalCalled: false, prefinished: false, ended, ending: ended, finished: ended });
  }
}

/** An error of the stream's own working: ends it, or only is told if it does not end by itself. */
function errorOrDestroy(stream, error, isSync) {
  const { _readableState: readable, _writableState: writable } = stream;
  if (writable?.destroyed || readable?.destroyed) return;
  if (readable?.autoDestroy || writable?.autoDestroy) {
    stream.destroy(error);
  } else if (error) {
    setErrored(error, writable, readable);
    if (isSync) process.nextTick(emitError, stream, error);
    else emitError(stream, error);
  }
}

function runConstruct(stream) {
  let called = false;
  function done(error) {
    if (called) {
      errorOrDestroy(stream, error ?? new ERR_MULTIPLE_CALLBACK());
      return;
    }
    called = true;
    const { _readableState: readable, _writableState: writable } = stream;
    const state = writable || readable;
    if (readable) readable.constructed = true;
    if (writable) writable.constructed = true;
    if (state.destroyed) stream.emit(kDestroy, error);
    else if (error) errorOrDestroy(stream, error, true);
    else stream.emit(kConstruct);
  }
  try {
    stream._construct((error) => process.nextTick(done, error));
  } catch (error) {
    process.nextTick(done, error);
  }
}

/** Runs the stream's `_construct`, if it has one, before anything else; `ready` follows. */
function construct(stream, ready) {
  if (typeof stream._construct !== "function") return;
  const { _readableState: readable, _writableState: writable } = stream;
  if (readable) readable.constructed = false;
  if (writable) writable.constructed = false;
  stream.once(kConstruct, ready);
  if (stream.listenerCount(kConstruct) > 1) return;
  process.nextTick(runConstruct, stream);
}

const isRequest = (stream) => stream?.setHeader && typeof stream.abort === "function";

/** Ends any stream, also one of other make. */
function destroyer(stream, error) {
  if (!stream || isDestroyed(stream)) return;
  const reason = !error && !isFinished(stream) ? new AbortError() : error;
  if (isRequest(stream)) stream.abort();
  else if (isRequest(stream.req)) stream.req.abort();
  else if (typeof stream.destroy === "function") stream.destroy(reason);
  else if (typeof stream.close === "function") stream.close();
  if (!stream.destroyed) stream[kIsDestroyed] = true;
}

return { construct, destroy, destroyer, undestroy, errorOrDestroy };
