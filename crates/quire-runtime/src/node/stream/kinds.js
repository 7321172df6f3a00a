// What kind of stream a value is, and what has become of it; also for streams of other make, such as readable-stream's.
const kIsDestroyed = Symbol.for("nodejs.stream.destroyed");
const kIsDisturbed = Symbol.for("nodejs.stream.disturbed");
const kIsErrored = Symbol.for("nodejs.stream.errored");
const kIsReadable = Symbol.for("nodejs.stream.readable");
const kIsWritable = Symbol.for("nodejs.stream.writable");

const { ReadableStream, WritableStream, TransformStream } = globalThis;

const isFunction = (value) => typeof value === "function";

function isReadableNodeStream(value, strict = false) {
  return Boolean(
    value &&
      isFunction(value.pipe) &&
      isFunction(value.on) &&
      (!strict || (isFunction(value.pause) && isFunction(value.resume))) &&
      (!value._writableState || value._readableState?.readable !== false) &&
      (!value._writableState || value._readableState),
  );
}

function isWritableNodeStream(value) {
  return Boolean(
    value &&
      isFunction(value.write) &&
      isFunction(value.on) &&
      (!value._readableState || value._writableState?.writable !== false),
  );
}

const isDuplexNodeStream = (value) =>
  Boolean(value && isFunction(value.pipe) && value._readableState && isFunction(value.on) && isFunction(value.write));

const isNodeStream = (value) =>
  Boolean(
    value &&
      (value._readableState ||
        value._writableState ||
        (isFunction(value.write) && isFunction(value.on)) ||
        (isFunction(value.pipe) && isFunction(value.on))),
  );

const isReadableStream = (value) => value instanceof ReadableStream;
const isWritableStream = (value) => value instanceof WritableStream;
const isTransformStream = (value) => value instanceof TransformStream;
const isWebStream = (value) => isReadableStream(value) || isWritableStream(value) || isTransformStream(value);

function isIterable(value, isAsync) {
  if (value == null) return false;
  if (isAsync === true) return isFunction(value[Symbol.asyncIterator]);
  if (isAsync === false) return isFunction(value[Symbol.iterator]);
  return isFunction(value[Symbol.asyncIterator]) || isFunction(value[Symbol.iterator]);
}

function isDestroyed(stream) {
  if (!isNodeStream(stream)) return null;
  const state = stream._writableState || stream._readableState;
  return Boolean(stream.destroyed || stream[kIsDestroyed] || state?.destroyed);
}

function isWritableEnded(stream) {
  if (!isWritableNodeStream(stream)) return null;
  if (stream.writableEnded === true) return true;
  const state = stream._writableState;
  if (state?.errored) return false;
  return typeof state?.ended === "boolean" ? state.ended : null;
}

function isWritableFinished(stream, strict) {
  if (!isWritableNodeStream(stream)) return null;
  if (stream.writableFinished === true) return true;
  const state = stream._writableState;
  if (state?.errored) return false;
  if (typeof state?.finished !== "boolean") return null;
  return Boolean(state.finished || (strict === false && state.ended === true && state.length === 0));
}

function isReadableFinished(stream, strict) {
  if (!isReadableNodeStream(stream)) return null;
  const state = stream._readableState;
  if (state?.errored) return false;
  if (typeof state?.endEmitted !== "boolean") return null;
  return Boolean(state.endEmitted || (strict === false && state.ended === true && state.length === 0));
}

function isReadable(stream) {
  if (stream && stream[kIsReadable] != null) return stream[kIsReadable];
  if (isReadableStream(stream)) return null;
  if (typeof stream?.readable !== "boolean") return null;
  if (isDestroyed(stream)) return false;
  return isReadableNodeStream(stream) && stream.readable && !isReadableFinished(stream);
}

function isWritable(stream) {
  if (stream && stream[kIsWritable] != null) return stream[kIsWritable];
  if (typeof stream?.writable !== "boolean") return null;
  if (isDestroyed(stream)) return false;
  return isWritableNodeStream(stream) && stream.writable && !isWritableEnded(stream);
}

function isFinished(stream, options) {
  if (!isNodeStream(stream)) return null;
  if (isDestroyed(stream)) return true;
  if (options?.readable !== false && isReadable(stream)) return false;
  return !(options?.writable !== false && isWritable(stream));
}

const writableErrored = (stream) =>
  isNodeStream(stream) ? (stream.writableErrored ?? stream._writableState?.errored ?? null) : null;
const readableErrored = (stream) =>
  isNodeStream(stream) ? (stream.readableErrored ?? stream._readableState?.errored ?? null) : null;

function isClosed(stream) {
  if (!isNodeStream(stream)) return null;
  if (typeof stream.closed === "boolean") return stream.closed;
  const { _writableState: writable, _readableState: readable } = stream;
  if (typeof writable?.closed === "boolean" || typeof readable?.closed === "boolean") {
    return writable?.closed || readable?.closed;
  }
  return null;
}

function willEmitClose(stream) {
  if (!isNodeStream(stream)) return null;
  const state = stream._writableState || stream._readableState;
  return Boolean(state && state.autoDestroy && state.emitClose && state.closed === false);
}

const isDisturbed = (stream) =>
  Boolean(stream && (stream[kIsDisturbed] ?? (stream.readableDidRead || stream.readableAborted)));

const isErrored = (stream) =>
  Boolean(
    stream &&
      (stream[kIsErrored] ??
        stream.readableErrored ??
        stream.writableErrored ??
        stream._readableState?.errorEmitted ??
        stream._writableState?.errorEmitted ??
        stream._readableState?.errored ??
        stream._writableState?.errored),
  );

return {
  kIsDestroyed,
  isDestroyed,
  isDisturbed,
  isErrored,
  isReadable,
  isWritable,
  isFinished,
  isClosed,
  willEmitClose,
  isReadableFinished,
  isWritableFinished,
  isWritableEnded,
  readableErrored,
  writableErrored,
  isNodeStream,
  isReadableNodeStream,
  isWritableNodeStream,
  isDuplexNodeStream,
  isReadableStream,
  isWritableStream,
  isTransformStream,
  isWebStream,
  isIterable,
};
