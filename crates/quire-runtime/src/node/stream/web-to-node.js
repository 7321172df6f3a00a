// The web's streams as Node's.
const { ERR_INVALID_ARG_TYPE, ERR_STREAM_PREMATURE_CLOSE } = require("internal/errors");
const { validateBoolean, validateObject } = require("internal/validators");
const process = require("process");
const { Buffer } = require("buffer");
const { destroyer } = require("internal/stream/destroy");
const { isReadableStream, isWritableStream } = require("internal/stream/kinds");

const nothing = () => {};

function checkOptions(options) {
  validateObject(options, "options");
  if (options.objectMode !== undefined) validateBoolean(options.objectMode, "options.objectMode");
}

function readableFromWeb(stream, options = {}) {
  const { Readable } = require("internal/stream/readable");
  if (!isReadableStream(stream)) throw new ERR_INVALID_ARG_TYPE("readableStream", "ReadableStream", stream);
  checkOptions(options);
  const { highWaterMark, encoding, objectMode = false, signal } = options;
  const reader = stream.getReader();
  let closed = false;
  const readable = new Readable({
    objectMode,
    highWaterMark,
    encoding,
    signal,
    read() {
      reader.read().then(
        ({ value, done }) => readable.push(done ? null : value),
        (error) => destroyer(readable, error),
      );
    },
    destroy(error, callback) {
      const done = () => process.nextTick(callback, error);
      if (closed) done();
      else reader.cancel(error ?? undefined).then(done, done);
    },
  });
  reader.closed.then(
    () => {
      closed = true;
    },
    (error) => {
      closed = true;
      destroyer(readable, error);
    },
  );
  return readable;
}

/** What a node stream writes, for the web's: bytes rather than text. */
const outgoing = (chunk, encoding, isBytes) => (typeof chunk === "string" && isBytes ? new Uint8Array(Buffer.from(chunk, encoding)) : chunk);

/** The methods of a Writable that writes to `writer`. */
function writerMethods(writer, objectMode, whenClosed) {
  return {
    write(chunk, encoding, callback) {
      const done = (error) => process.nextTick(callback, error);
      writer.ready.then(() => writer.write(outgoing(chunk, encoding, !objectMode))).then(() => done(), done);
    },
    writev(chunks, callback) {
      const done = (error) => process.nextTick(callback, error);
      writer.ready
        .then(() => Promise.all(chunks.map(({ chunk, encoding }) => writer.write(outgoing(chunk, encoding, !objectMode)))))
        .then(() => done(), done);
    },
    final(callback) {
      const done = (error) => process.nextTick(callback, error);
      if (whenClosed.closed) done();
      else writer.close().then(() => done(), done);
    },
  };
}

function watchWriter(writer, stream) {
  const state = { closed: false };
  writer.closed.then(
    () => {
      state.closed = true;
      // Closed by someone else.
      if (!stream()._writableState.ending) destroyer(stream(), new ERR_STREAM_PREMATURE_CLOSE());
    },
    (error) => {
      state.closed = true;
      destroyer(stream(), error);
    },
  );
  return state;
}

function writableFromWeb(stream, options = {}) {
  const { Writable } = require("internal/stream/writable");
  if (!isWritableStream(stream)) throw new ERR_INVALID_ARG_TYPE("writableStream", "WritableStream", stream);
  checkOptions(options);
  const { highWaterMark, decodeStrings = true, objectMode = false, signal } = options;
  const writer = stream.getWriter();
  const state = watchWriter(writer, () => writable);
  const writable = new Writable({
    highWaterMark,
    objectMode,
    decodeStrings,
    signal,
    ...writerMethods(writer, objectMode, state),
    destroy(error, callback) {
      const done = () => process.nextTick(callback, error);
      if (state.closed) done();
      else if (error != null) writer.abort(error).then(done, done);
      else writer.close().then(done, done);
    },
  });
  return writable;
}

function duplexFromWeb(pair, options = {}) {
  const Duplex = require("internal/stream/duplex");
  validateObject(pair, "pair");
  const { readable: readableStream, writable: writableStream } = pair;
  if (!isReadableStream(readableStream)) throw new ERR_INVALID_ARG_TYPE("pair.readable", "ReadableStream", readableStream);
  if (!isWritableStream(writableStream)) throw new ERR_INVALID_ARG_TYPE("pair.writable", "WritableStream", writableStream);
  checkOptions(options);
  const { allowHalfOpen = false, objectMode = false, encoding, decodeStrings = true, highWaterMark, signal } = options;
  const reader = readableStream.getReader();
  const writer = writableStream.getWriter();
  const state = watchWriter(writer, () => duplex);
  let readableClosed = false;
  const duplex = new Duplex({
    allowHalfOpen,
    highWaterMark,
    objectMode,
    encoding,
    decodeStrings,
    signal,
    ...writerMethods(writer, objectMode, state),
    read() {
      reader.read().then(
        ({ value, done }) => duplex.push(done ? null : value),
        (error) => destroyer(duplex, error),
      );
    },
    destroy(error, callback) {
      const done = () => process.nextTick(callback, error);
      const closing = [];
      if (!state.closed) closing.push(writer.abort(error ?? undefined).catch(nothing));
      if (!readableClosed) closing.push(reader.cancel(error ?? undefined).catch(nothing));
      if (closing.length > 0) Promise.all(closing).then(done, done);
      else done();
    },
  });
  reader.closed.then(
    () => {
      readableClosed = true;
    },
    (error) => {
      readableClosed = true;
      destroyer(duplex, error);
    },
  );
  return duplex;
}

return { readableFromWeb, writableFromWeb, duplexFromWeb };
