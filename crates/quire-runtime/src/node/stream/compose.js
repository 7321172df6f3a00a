// compose(...streams): several streams as one Duplex, written to at the first and read from the last.
const { AbortError, ERR_INVALID_ARG_VALUE, ERR_MISSING_ARGS } = require("internal/errors");
const { pipelineOf } = require("internal/stream/pipeline");
const Duplex = require("internal/stream/duplex");
const { destroyer } = require("internal/stream/destroy");
const { isNodeStream, isReadable, isReadableStream, isTransformStream, isWebStream, isWritable, isWritableStream } = require("internal/stream/kinds");

function check(streams, originals) {
  for (const [index, stream] of streams.entries()) {
    if (!isNodeStream(stream) && !isWebStream(stream)) continue;
    const reads = isReadable(stream) || isReadableStream(stream) || isTransformStream(stream);
    const writes = isWritable(stream) || isWritableStream(stream) || isTransformStream(stream);
    if (index < streams.length - 1 && !reads) {
      throw new ERR_INVALID_ARG_VALUE(`streams[${index}]`, originals[index], "must be readable");
    }
    if (index > 0 && !writes) throw new ERR_INVALID_ARG_VALUE(`streams[${index}]`, originals[index], "must be writable");
  }
}

return function compose(...given) {
  if (given.length === 0) throw new ERR_MISSING_ARGS("streams");
  const { duplexFrom } = require("internal/stream/duplex-from");
  if (given.length === 1) return duplexFrom(given[0], "streams[0]");
  const streams = [...given];
  if (typeof streams[0] === "function") streams[0] = duplexFrom(streams[0], "streams[0]");
  const last = streams.length - 1;
  if (typeof streams[last] === "function") streams[last] = duplexFrom(streams[last], `streams[${last}]`);
  check(streams, given);

  let onDrain;
  let onFinish;
  let onReadable;
  let onClose;
  function onFinished(error) {
    const callback = onClose;
    onClose = null;
    if (callback) callback(error);
    else if (error) composed.destroy(error);
    else if (!reads && !writes) composed.destroy();
  }
  const head = streams[0];
  const tail = pipelineOf(streams, onFinished);
  const writes = Boolean(isWritable(head) || isWritableStream(head) || isTransformStream(head));
  const reads = Boolean(isReadable(tail) || isReadableStream(tail) || isTransformStream(tail));
  const composed = new Duplex({
    writableObjectMode: Boolean(head?.writableObjectMode),
    readableObjectMode: Boolean(tail?.readableObjectMode),
    writable: writes,
    readable: reads,
  });
  const release = (callback) => {
    if (typeof callback === "function") callback();
  };

  function finishWriting() {
    const callback = onFinish;
    onFinish = null;
    release(callback);
  }

  if (writes && isNodeStream(head)) {
    composed._write = (chunk, encoding, callback) => {
      if (head.write(chunk, encoding)) callback();
      else onDrain = callback;
    };
    composed._final = (callback) => {
      head.end();
      onFinish = callback;
    };
    head.on("drain", () => {
      const callback = onDrain;
      onDrain = null;
      release(callback);
    });
    // The end of what is written is the end of all.
    if (isNodeStream(tail)) require("internal/stream/finished")(tail, finishWriting);
  } else if (writes) {
    const writer = (isTransformStream(head) ? head.writable : head).getWriter();
    composed._write = async (chunk, encoding, callback) => {
      try {
        await writer.ready;
        writer.write(chunk).catch(() => {});
        callback();
      } catch (error) {
        callback(error);
      }
    };
    composed._final = async (callback) => {
      try {
        await writer.ready;
        writer.close().catch(() => {});
        onFinish = callback;
      } catch (error) {
        callback(error);
      }
    };
  }

  if (reads && isNodeStream(tail)) {
    tail.on("readable", () => {
      const callback = onReadable;
      onReadable = null;
      release(callback);
    });
    tail.on("end", () => composed.push(null));
    composed._read = () => {
      for (;;) {
        const chunk = tail.read();
        if (chunk === null) {
          onReadable = composed._read;
          return;
        }
        if (!composed.push(chunk)) return;
      }
    };
  } else if (reads) {
    const reader = (isTransformStream(tail) ? tail.readable : tail).getReader();
    composed._read = async () => {
      for (;;) {
        try {
          const { value, done } = await reader.read();
          if (done) {
            composed.push(null);
            finishWriting();
            return;
          }
          if (!composed.push(value)) return;
        } catch {
          return;
        }
      }
    };
  }

  composed._destroy = (given, callback) => {
    const error = !given && onClose !== null && !isComplete(composed, reads, writes) ? new AbortError() : given;
    onReadable = null;
    onDrain = null;
    onFinish = null;
    if (isNodeStream(tail)) destroyer(tail, error);
    if (onClose === null) callback(error);
    else onClose = callback;
  };
  return composed;
};

function isComplete(stream, reads, writes) {
  return (!reads || stream._readableState.endEmitted) && (!writes || stream._writableState.finished);
}
