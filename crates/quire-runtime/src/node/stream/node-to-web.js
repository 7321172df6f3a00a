// Node's streams as the web's.
const { AbortError, ERR_INVALID_ARG_TYPE } = require("internal/errors");
const { Buffer } = require("buffer");
const finished = require("internal/stream/finished");
const { destroyer } = require("internal/stream/destroy");
const kinds = require("internal/stream/kinds");

const { ReadableStream, WritableStream, CountQueuingStrategy, ByteLengthQueuingStrategy } = globalThis;

/** Ends of streams that nobody told of why. */
const reasonOf = (error) => (error?.code === "ERR_STREAM_PREMATURE_CLOSE" ? new AbortError(undefined, { cause: error }) : error);

function readableToWeb(stream, options) {
  if (typeof stream?._readableState !== "object") throw new ERR_INVALID_ARG_TYPE("streamReadable", "stream.Readable", stream);
  if (kinds.isDestroyed(stream) || !kinds.isReadable(stream)) {
    const empty = new ReadableStream();
    empty.cancel();
    return empty;
  }
  const objectMode = stream.readableObjectMode;
  const highWaterMark = stream.readableHighWaterMark;
  const strategy =
    options?.strategy ?? (objectMode ? new CountQueuingStrategy({ highWaterMark }) : new ByteLengthQueuingStrategy({ highWaterMark }));
  let controller;
  let cancelled = false;

  function onData(chunk) {
    // Buffers share memory with others: what leaves gets its own.
    const value = chunk instanceof Buffer && !objectMode ? new Uint8Array(chunk) : chunk;
    controller.enqueue(value);
    if (controller.desiredSize <= 0) stream.pause();
  }
  stream.pause();
  const cleanup = finished(stream, (given) => {
    const error = reasonOf(given);
    cleanup();
    // Late errors have nobody left to tell.
    stream.on("error", () => {});
    if (error) controller.error(error);
    else if (!cancelled) controller.close();
  });
  stream.on("data", onData);
  return new ReadableStream(
    {
      start(given) {
        controller = given;
      },
      pull() {
        stream.resume();
      },
      cancel(reason) {
        cancelled = true;
        destroyer(stream, reason);
      },
    },
    strategy,
  );
}

function writableToWeb(stream) {
  if (typeof stream?._writableState !== "object") throw new ERR_INVALID_ARG_TYPE("streamWritable", "stream.Writable", stream);
  if (kinds.isDestroyed(stream) || !kinds.isWritable(stream)) {
    const closed = new WritableStream();
    closed.close();
    return closed;
  }
  const objectMode = stream.writableObjectMode;
  const highWaterMark = stream.writableHighWaterMark;
  const strategy = objectMode ? new CountQueuingStrategy({ highWaterMark }) : { highWaterMark };
  let controller;
  let drained;
  let closed;

  const cleanup = finished(stream, (given) => {
    const error = reasonOf(given);
    cleanup();
    stream.on("error", () => {});
    if (error != null) {
      drained?.reject(error);
      // Closing already: then the promise of that says it.
      if (closed !== undefined) closed.reject(error);
      else controller.error(error);
      closed = undefined;
      return;
    }
    if (closed !== undefined) {
      closed.resolve();
      closed = undefined;
      return;
    }
    controller.error(new AbortError());
  });
  stream.on("drain", () => drained?.resolve());
  return new WritableStream(
    {
      start(given) {
        controller = given;
      },
      write(chunk) {
        if (!stream.writableNeedDrain && stream.write(chunk)) return undefined;
        drained = Promise.withResolvers();
        return drained.promise.finally(() => {
          drained = undefined;
        });
      },
      abort(reason) {
        destroyer(stream, reason);
      },
      close() {
        if (closed === undefined && !kinds.isWritableEnded(stream)) stream.end();
        closed = Promise.withResolvers();
        return closed.promise;
      },
    },
    strategy,
  );
}

function duplexToWeb(duplex) {
  if (typeof duplex?._writableState !== "object" || typeof duplex._readableState !== "object") {
    throw new ERR_INVALID_ARG_TYPE("duplex", "stream.Duplex", duplex);
  }
  if (kinds.isDestroyed(duplex)) {
    const writable = new WritableStream();
    const readable = new ReadableStream();
    writable.close();
    readable.cancel();
    return { readable, writable };
  }
  const writable = writableToWeb(duplex);
  const readable = readableToWeb(duplex);
  return { readable, writable };
}

return { readableToWeb, writableToWeb, duplexToWeb };
