// Duplex.from(value): nearly anything as a stream.
const { AbortError, ERR_INVALID_ARG_TYPE, ERR_INVALID_RETURN_VALUE } = require("internal/errors");
const process = require("process");
const Duplex = require("internal/stream/duplex");
const from = require("internal/stream/from");
const finished = require("internal/stream/finished");
const { destroyer } = require("internal/stream/destroy");
const kinds = require("internal/stream/kinds");
const { Blob } = globalThis;

/** What a generator or a promise gives can be read; without a consumer nobody reads it. */
class Duplexified extends Duplex {
  constructor(options) {
    super(options);
    if (options?.readable === false) {
      Object.assign(this._readableState, { readable: false, ended: true, endEmitted: true });
    }
    if (options?.writable === false) {
      Object.assign(this._writableState, { writable: false, ending: true, ended: true, finished: true });
    }
  }
}

function duplexFrom(body, name) {
  if (kinds.isDuplexNodeStream(body)) return body;
  if (kinds.isReadableNodeStream(body)) return ofPair({ readable: body });
  if (kinds.isWritableNodeStream(body)) return ofPair({ writable: body });
  if (kinds.isNodeStream(body)) return ofPair({ writable: false, readable: false });
  const { readableFromWeb, writableFromWeb } = require("internal/stream/web-to-node");
  if (kinds.isReadableStream(body)) return ofPair({ readable: readableFromWeb(body) });
  if (kinds.isWritableStream(body)) return ofPair({ writable: writableFromWeb(body) });
  if (typeof body === "function") return ofFunction(body, name);
  if (Blob && body instanceof Blob) return duplexFrom(body.arrayBuffer());
  if (kinds.isIterable(body)) return from(Duplexified, body, { objectMode: true, writable: false });
  if (kinds.isReadableStream(body?.readable) && kinds.isWritableStream(body?.writable)) {
    return ofPair({ readable: readableFromWeb(body.readable), writable: writableFromWeb(body.writable) });
  }
  if (typeof body?.writable === "object" || typeof body?.readable === "object") {
    const side = (value, isKind, other) => (value ? (isKind(value) ? value : duplexFrom(value)) : other);
    return ofPair({
      readable: side(body.readable, kinds.isReadableNodeStream, undefined),
      writable: side(body.writable, kinds.isWritableNodeStream, undefined),
    });
  }
  if (typeof body?.then === "function") return ofPromise(body);
  throw new ERR_INVALID_ARG_TYPE(
    name,
    ["Blob", "ReadableStream", "WritableStream", "Stream", "Iterable", "AsyncIterable", "Function", "{ readable, writable } pair", "Promise"],
    body,
  );
}

function ofPromise(promise) {
  const duplex = new Duplexified({ objectMode: true, writable: false, read() {} });
  promise.then(
    (value) => {
      if (value != null) duplex.push(value);
      duplex.push(null);
    },
    (error) => destroyer(duplex, error),
  );
  return duplex;
}

function ofFunction(body, name) {
  const { value, write, final, destroy } = ofGenerator(body);
  if (kinds.isDuplexNodeStream(value)) return value;
  if (kinds.isIterable(value)) return from(Duplexified, value, { objectMode: true, write, final, destroy });
  if (typeof value?.then !== "function") {
    throw new ERR_INVALID_RETURN_VALUE("Iterable, AsyncIterable or AsyncFunction", name, value);
  }
  let duplex;
  // A consumer: there is nothing to read from it, and it has finished when its promise has.
  const settled = value.then(
    (result) => {
      if (result != null) throw new ERR_INVALID_RETURN_VALUE("nully", "body", result);
    },
    (error) => destroyer(duplex, error),
  );
  duplex = new Duplexified({
    objectMode: true,
    readable: false,
    write,
    final(callback) {
      final(async () => {
        try {
          await settled;
          process.nextTick(callback, null);
        } catch (error) {
          process.nextTick(callback, error);
        }
      });
    },
    destroy,
  });
  return duplex;
}

/** Runs a function over what is written: each write waits until the function has asked for it. */
function ofGenerator(body) {
  let { promise, resolve } = Promise.withResolvers();
  const controller = new AbortController();
  const { signal } = controller;
  const value = body(
    (async function* written() {
      for (;;) {
        const waited = promise;
        promise = null;
        const { chunk, done, callback } = await waited;
        process.nextTick(callback);
        if (done) return;
        if (signal.aborted) throw new AbortError(undefined, { cause: signal.reason });
        ({ promise, resolve } = Promise.withResolvers());
        yield chunk;
      }
    })(),
    { signal },
  );
  const pass = (message) => {
    const tell = resolve;
    resolve = null;
    tell(message);
  };
  return {
    value,
    write: (chunk, encoding, callback) => pass({ chunk, done: false, callback }),
    final: (callback) => pass({ done: true, callback }),
    destroy(error, callback) {
      controller.abort();
      callback(error);
    },
  };
}

/** A readable and a writable stream as one. */
function ofPair(pair) {
  const source = pair.readable && typeof pair.readable.read !== "function" ? require("internal/stream/readable").Readable.wrap(pair.readable) : pair.readable;
  const sink = pair.writable;
  let reads = Boolean(kinds.isReadable(source));
  let writes = Boolean(kinds.isWritable(sink));
  let onDrain = null;
  let onFinish = null;
  let onReadable = null;
  let onClose = null;
  const call = (callback, ...given) => {
    if (callback) callback(...given);
  };
  function onOver(error) {
    const callback = onClose;
    onClose = null;
    if (callback) callback(error);
    else if (error) duplex.destroy(error);
  }
  const duplex = new Duplexified({
    readableObjectMode: Boolean(source?.readableObjectMode),
    writableObjectMode: Boolean(sink?.writableObjectMode),
    readable: reads,
    writable: writes,
  });

  if (writes) {
    finished(sink, (error) => {
      writes = false;
      if (error) destroyer(source, error);
      onOver(error);
    });
    duplex._write = (chunk, encoding, callback) => {
      if (sink.write(chunk, encoding)) callback();
      else onDrain = callback;
    };
    duplex._final = (callback) => {
      sink.end();
      onFinish = callback;
    };
    sink.on("drain", () => {
      const callback = onDrain;
      onDrain = null;
      call(callback);
    });
    sink.on("finish", () => {
      const callback = onFinish;
      onFinish = null;
      call(callback);
    });
  }
  if (reads) {
    finished(source, (error) => {
      reads = false;
      if (error) destroyer(source, error);
      onOver(error);
    });
    source.on("readable", () => {
      const callback = onReadable;
      onReadable = null;
      call(callback);
    });
    source.on("end", () => duplex.push(null));
    duplex._read = () => {
      for (;;) {
        const chunk = source.read();
        if (chunk === null) {
          onReadable = duplex._read;
          return;
        }
        if (!duplex.push(chunk)) return;
      }
    };
  }
  duplex._destroy = (given, callback) => {
    const error = !given && onClose !== null ? new AbortError() : given;
    onReadable = null;
    onDrain = null;
    onFinish = null;
    if (!reads && !writes) {
      callback(error);
    } else {
      onClose = callback;
      destroyer(sink, error);
      destroyer(source, error);
    }
  };
  return duplex;
}

return { duplexFrom };
