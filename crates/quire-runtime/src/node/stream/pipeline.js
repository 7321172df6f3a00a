// pipeline(source, ...steps, callback): streams, iterables and functions one after the other; what one fails of ends all.
const { AbortError, ERR_INVALID_ARG_TYPE, ERR_INVALID_RETURN_VALUE, ERR_MISSING_ARGS, ERR_STREAM_DESTROYED, ERR_STREAM_PREMATURE_CLOSE } = require("internal/errors");
const aggregateTwoErrors = require("internal/stream/two-errors");
const { validateAbortSignal, validateFunction } = require("internal/validators");
const process = require("process");
const kinds = require("internal/stream/kinds");
const { isIterable, isNodeStream, isReadableFinished, isReadableNodeStream, isReadableStream, isTransformStream, isWebStream } = kinds;
const { destroyer } = require("internal/stream/destroy");
const finished = require("internal/stream/finished");

function once(callback) {
  let called = false;
  return (...given) => {
    if (called) return;
    called = true;
    callback(...given);
  };
}

/** How to end `stream`, unless it has ended itself. */
function destroyerOf(stream, reading, writing) {
  let isOver = false;
  stream.on("close", () => {
    isOver = true;
  });
  const cleanup = finished(stream, { readable: reading, writable: writing }, (error) => {
    isOver = !error;
  });
  return {
    cleanup,
    destroy(error) {
      if (isOver) return;
      isOver = true;
      destroyer(stream, error || new ERR_STREAM_DESTROYED("pipe"));
    },
  };
}

function asAsyncIterable(value) {
  if (isIterable(value)) return value;
  if (isReadableNodeStream(value)) return require("internal/stream/readable").Readable.prototype[Symbol.asyncIterator].call(value);
  throw new ERR_INVALID_ARG_TYPE("val", ["Readable", "Iterable", "AsyncIterable"], value);
}

/** Writes what an iterable gives, at the writer's pace. */
async function pump(iterable, writable, done, { end }) {
  let failure;
  let wake = null;
  const resume = (error) => {
    if (error) failure = error;
    if (wake) {
      const call = wake;
      wake = null;
      call();
    }
  };
  const wait = () =>
    new Promise((resolve, reject) => {
      if (failure) reject(failure);
      else wake = () => (failure ? reject(failure) : resolve());
    });
  writable.on("drain", resume);
  const cleanup = finished(writable, { readable: false }, resume);
  try {
    if (writable.writableNeedDrain) await wait();
    for await (const chunk of iterable) if (!writable.write(chunk)) await wait();
    if (end) {
      writable.end();
      await wait();
    }
    done();
  } catch (error) {
    done(failure !== error ? aggregateTwoErrors(failure, error) : error);
  } finally {
    cleanup();
    writable.off("drain", resume);
  }
}

/** As `pump`, to a stream of the web's kind. */
async function pumpToWeb(readable, writable, done, { end }) {
  const writer = (isTransformStream(writable) ? writable.writable : writable).getWriter();
  try {
    for await (const chunk of readable) {
      await writer.ready;
      writer.write(chunk).catch(() => {});
    }
    await writer.ready;
    if (end) await writer.close();
    done();
  } catch (error) {
    try {
      await writer.abort(error);
      done(error);
    } catch (failure) {
      done(failure);
    }
  }
}

function pipeline(...streams) {
  const callback = streams.pop();
  validateFunction(callback, "streams[stream.length - 1]");
  return run(streams, once(callback));
}

function run(given, callback, options) {
  const streams = given.length === 1 && Array.isArray(given[0]) ? given[0] : given;
  if (streams.length < 2) throw new ERR_MISSING_ARGS("streams");
  const controller = new AbortController();
  const { signal } = controller;
  const outer = options?.signal;
  // Only those who were given the last stream to go on with are told late of their errors.
  const lastCleanups = [];
  validateAbortSignal(outer, "options.signal");

  const destroys = [];
  let failure;
  let result;
  let pending = 0;
  const onAbort = () => finishOne(new AbortError(undefined, { cause: outer?.reason }), true);
  outer?.addEventListener("abort", onAbort, { once: true });

  function done(error) {
    finishOne(error, (pending -= 1) === 0);
  }
  function finishOne(error, isLast) {
    if (error && (!failure || failure.code === "ERR_STREAM_PREMATURE_CLOSE")) failure = error;
    if (!failure && !isLast) return;
    while (destroys.length > 0) destroys.shift()(failure);
    outer?.removeEventListener("abort", onAbort);
    controller.abort();
    if (!isLast) return;
    if (!failure) for (const cleanup of lastCleanups) cleanup();
    process.nextTick(callback, failure, result);
  }

  let current;
  for (const [index, stream] of streams.entries()) {
    const reading = index < streams.length - 1;
    const writing = index > 0;
    const end = reading || options?.end !== false;
    const isLast = index === streams.length - 1;

    if (isNodeStream(stream)) {
      if (end) {
        const { destroy, cleanup } = destroyerOf(stream, reading, writing);
        destroys.push(destroy);
        if (kinds.isReadable(stream) && isLast) lastCleanups.push(cleanup);
      }
      // Errors of the stream in use are told by `pipe`, those after it to nobody else.
      const onError = (error) => {
        if (error && error.name !== "AbortError" && error.code !== "ERR_STREAM_PREMATURE_CLOSE") done(error);
      };
      stream.on("error", onError);
      if (kinds.isReadable(stream) && isLast) lastCleanups.push(() => stream.removeListener("error", onError));
    }

    if (index === 0) {
      if (typeof stream === "function") {
        current = stream({ signal });
        if (!isIterable(current)) throw new ERR_INVALID_RETURN_VALUE("Iterable, AsyncIterable or Stream", "source", current);
      } else if (isIterable(stream) || isReadableNodeStream(stream) || isTransformStream(stream)) {
        current = stream;
      } else {
        current = require("internal/stream/duplex-from").duplexFrom(stream, "body");
      }
    } else if (typeof stream === "function") {
      const source = isTransformStream(current) ? asAsyncIterable(current.readable) : asAsyncIterable(current);
      current = stream(source, { signal });
      if (reading) {
        if (!isIterable(current, true)) {
          throw new ERR_INVALID_RETURN_VALUE("AsyncIterable", `transform[${index - 1}]`, current);
        }
      } else {
        current = drainFunction(current);
      }
    } else if (isNodeStream(stream)) {
      writeTo(stream, end, isLast);
      current = stream;
    } else if (isWebStream(stream)) {
      pending += 1;
      const source = isReadableNodeStream(current) || isReadableStream(current) || isIterable(current) ? asIterable(current) : asIterable(current.readable);
      pumpToWeb(source, stream, done, { end });
      current = stream;
    } else {
      current = require("internal/stream/duplex-from").duplexFrom(stream, "body");
      writeTo(current, end, isLast);
    }
  }

  function asIterable(value) {
    return isTransformStream(value) ? asAsyncIterable(value.readable) : asAsyncIterable(value);
  }

  /** The last function's result, as a stream that the caller of pipeline() gets. */
  function drainFunction(outcome) {
    const { PassThrough } = require("internal/stream/transform");
    const output = new PassThrough({ objectMode: true });
    if (typeof outcome?.then === "function") {
      pending += 1;
      outcome.then(
        (value) => {
          result = value;
          if (value != null) output.write(value);
          if (options?.end !== false) output.end();
          process.nextTick(done);
        },
        (error) => {
          output.destroy(error);
          process.nextTick(done, error);
        },
      );
    } else if (isIterable(outcome, true)) {
      pending += 1;
      pump(outcome, output, done, { end: options?.end !== false });
    } else if (isReadableStream(outcome) || isTransformStream(outcome)) {
      pending += 1;
      pump(outcome.readable || outcome, output, done, { end: options?.end !== false });
    } else {
      throw new ERR_INVALID_RETURN_VALUE("AsyncIterable or Promise", "destination", outcome);
    }
    const { destroy, cleanup } = destroyerOf(output, false, true);
    destroys.push(destroy);
    lastCleanups.push(cleanup);
    return output;
  }

  function writeTo(stream, end, isLast) {
    if (isReadableNodeStream(current)) {
      pending += 2;
      const cleanup = pipe(current, stream, done, finishOne, { end });
      if (kinds.isReadable(stream) && isLast) lastCleanups.push(cleanup);
    } else if (isTransformStream(current) || isReadableStream(current)) {
      pending += 1;
      pump(current.readable || current, stream, done, { end });
    } else if (isIterable(current)) {
      pending += 1;
      pump(current, stream, done, { end });
    } else {
      throw new ERR_INVALID_ARG_TYPE("val", ["Readable", "Iterable", "AsyncIterable", "ReadableStream", "TransformStream"], current);
    }
  }

  if (signal.aborted || outer?.aborted) process.nextTick(onAbort);
  return current;
}

function pipe(source, destination, done, finishOne, { end }) {
  let ended = false;
  destination.on("close", () => {
    if (!ended) finishOne(new ERR_STREAM_PREMATURE_CLOSE());
  });
  // The end is told here rather than by pipe(), which does not for standard output.
  source.pipe(destination, { end: false });
  if (end) {
    const endDestination = () => {
      ended = true;
      destination.end();
    };
    if (isReadableFinished(source)) process.nextTick(endDestination);
    else source.once("end", endDestination);
  } else {
    done();
  }
  finished(source, { readable: true, writable: false }, (error) => {
    const state = source._readableState;
    if (error?.code === "ERR_STREAM_PREMATURE_CLOSE" && state?.ended && !state.errored && !state.errorEmitted) {
      // It was closed before all of it was read, but all of it came: the rest still flows.
      source.once("end", done).once("error", done);
    } else {
      done(error);
    }
  });
  return finished(destination, { readable: false, writable: true }, done);
}

return { pipeline, pipelineOf: run };
