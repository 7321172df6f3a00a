// finished(stream, options, callback): calls back once, when a stream has nothing more to give or take, or failed.
const { AbortError, ERR_INVALID_ARG_TYPE, ERR_STREAM_PREMATURE_CLOSE } = require("internal/errors");
const { validateAbortSignal, validateFunction, validateObject } = require("internal/validators");
const process = require("process");
const kinds = require("internal/stream/kinds");
const { isClosed, isReadable, isReadableFinished, isReadableNodeStream, isWritable, isWritableFinished, isWritableNodeStream } = kinds;

const isRequest = (stream) => Boolean(stream.setHeader && typeof stream.abort === "function");
const nothing = () => {};

function once(callback) {
  let called = false;
  return function (...given) {
    if (called) return;
    called = true;
    callback.apply(this, given);
  };
}

function finished(stream, given, givenCallback) {
  let options = given;
  let callback = givenCallback;
  if (arguments.length === 2) {
    callback = given;
    options = {};
  } else if (given == null) {
    options = {};
  } else {
    validateObject(options, "options");
  }
  validateFunction(callback, "callback");
  validateAbortSignal(options.signal, "options.signal");
  callback = once(callback);
  if (!kinds.isNodeStream(stream)) {
    throw new ERR_INVALID_ARG_TYPE("stream", "Stream", stream);
  }

  const waitsForReadable = options.readable ?? isReadableNodeStream(stream);
  const waitsForWritable = options.writable ?? isWritableNodeStream(stream);
  const { _writableState: writableState, _readableState: readableState } = stream;
  // What emits `close` is waited for until it did.
  let willClose =
    kinds.willEmitClose(stream) &&
    isReadableNodeStream(stream) === waitsForReadable &&
    isWritableNodeStream(stream) === waitsForWritable;
  let writableDone = isWritableFinished(stream, false);
  let readableDone = isReadableFinished(stream, false);

  function onLegacyFinish() {
    if (!stream.writable) onFinish();
  }
  function onFinish() {
    writableDone = true;
    // Destroying sets it before `close`, for streams of other make.
    if (stream.destroyed) willClose = false;
    if (willClose && (!stream.writable || waitsForWritable === false) && (!stream.readable || waitsForReadable)) return;
    if (!waitsForReadable || readableDone) callback.call(stream);
  }
  function onEnd() {
    readableDone = true;
    if (stream.destroyed) willClose = false;
    if (willClose && (!stream.writable || waitsForWritable)) return;
    if (!waitsForWritable || writableDone) callback.call(stream);
  }
  function onError(error) {
    callback.call(stream, error);
  }
  let closed = isClosed(stream);
  function onClose() {
    closed = true;
    const error = kinds.writableErrored(stream) || kinds.readableErrored(stream);
    if (error && typeof error !== "boolean") {
      callback.call(stream, error);
      return;
    }
    if (waitsForReadable && !readableDone && isReadableNodeStream(stream, true) && !isReadableFinished(stream, false)) {
      callback.call(stream, new ERR_STREAM_PREMATURE_CLOSE());
      return;
    }
    if (waitsForWritable && !writableDone && !isWritableFinished(stream, false)) {
      callback.call(stream, new ERR_STREAM_PREMATURE_CLOSE());
      return;
    }
    callback.call(stream);
  }
  function onClosed() {
    closed = true;
    const error = kinds.writableErrored(stream) || kinds.readableErrored(stream);
    if (error && typeof error !== "boolean") callback.call(stream, error);
    else callback.call(stream);
  }
  function onRequest() {
    stream.req.on("finish", onFinish);
  }

  if (isRequest(stream)) {
    stream.on("complete", onFinish);
    if (!willClose) stream.on("abort", onClose);
    if (stream.req) onRequest();
    else stream.on("request", onRequest);
  } else if (waitsForWritable && !writableState) {
    stream.on("end", onLegacyFinish);
    stream.on("close", onLegacyFinish);
  }
  if (!willClose && typeof stream.aborted === "boolean") stream.on("aborted", onClose);
  stream.on("end", onEnd);
  stream.on("finish", onFinish);
  if (options.error !== false) stream.on("error", onError);
  stream.on("close", onClose);

  if (closed) {
    process.nextTick(onClose);
  } else if (writableState?.errorEmitted || readableState?.errorEmitted) {
    if (!willClose) process.nextTick(onClosed);
  } else if (
    (!waitsForReadable && (!willClose || isReadable(stream)) && (writableDone || isWritable(stream) === false)) ||
    (!waitsForWritable && (!willClose || isWritable(stream)) && (readableDone || isReadable(stream) === false)) ||
    (readableState && stream.req && stream.aborted)
  ) {
    process.nextTick(onClosed);
  }

  function cleanup() {
    callback = nothing;
    for (const [event, listener] of [
      ["aborted", onClose],
      ["complete", onFinish],
      ["abort", onClose],
      ["request", onRequest],
      ["end", onLegacyFinish],
      ["close", onLegacyFinish],
      ["finish", onFinish],
      ["end", onEnd],
      ["error", onError],
      ["close", onClose],
    ]) {
      stream.removeListener(event, listener);
    }
    stream.req?.removeListener("finish", onFinish);
  }

  if (options.signal && !closed) {
    callback = withSignal(options.signal, callback, () => {
      const told = callback;
      cleanup();
      return told;
    }, stream);
  }
  return cleanup;
}

/** The callback, which an abort of `signal` comes before. `release` gives whom to tell of that. */
function withSignal(signal, callback, release, stream) {
  const abort = () => {
    release();
    callback.call(stream, new AbortError(undefined, { cause: signal.reason }));
  };
  if (signal.aborted) {
    process.nextTick(abort);
    return callback;
  }
  signal.addEventListener("abort", abort, { once: true });
  return once(function (...given) {
    signal.removeEventListener("abort", abort);
    callback.apply(stream, given);
  });
}

return finished;
