// ReadableStreamDefaultReader, ReadableStreamBYOBReader and the async iterator of streams (Streams §4.2.5, §4.4, §4.5).
const S = internals.streams;
const { PromiseRequest, READABLE, acquireReader, cancelReadable, checkView, dictionary, enforceRange } = S;
const { illegal, isObject, isView, promiseReject, promiseResolve, readChunk, readPromise, releaseReader, releasedError } = S;
const { then, withResolvers } = S;
const NativeRangeError = RangeError;
const NativeTypeError = TypeError;
const SECRET = S.SECRET;

// The arguments of a constructor: the state of a reader that exists, or the stream a program wants to read.
function readerFor(secret, state, byob) {
  if (secret === SECRET) return state;
  const stream = S.readableOf(secret);
  if (stream === undefined) throw new NativeTypeError("A reader's constructor needs a ReadableStream.");
  return acquireReader(stream, byob);
}

let defaultReaderOf;

class ReadableStreamDefaultReader {
  #state;

  static {
    defaultReaderOf = (shell) => (isObject(shell) && #state in shell ? shell.#state : undefined);
  }

  constructor(stream) {
    this.#state = readerFor(stream, arguments[1], false);
    this.#state.shell = this;
  }

  get closed() {
    const reader = defaultReaderOf(this);
    if (reader === undefined) return promiseReject(illegal("ReadableStreamDefaultReader"));
    return reader.closed.get();
  }

  cancel(reason = undefined) {
    const reader = defaultReaderOf(this);
    if (reader === undefined) return promiseReject(illegal("ReadableStreamDefaultReader"));
    if (reader.stream === null) return promiseReject(releasedError());
    return cancelReadable(reader.stream, reason);
  }

  read() {
    const reader = defaultReaderOf(this);
    if (reader === undefined) return promiseReject(illegal("ReadableStreamDefaultReader"));
    if (reader.stream === null) return promiseReject(releasedError());
    return readPromise(reader);
  }

  releaseLock() {
    const reader = defaultReaderOf(this);
    if (reader === undefined) throw illegal("ReadableStreamDefaultReader");
    if (reader.stream !== null) releaseReader(reader);
  }
}

function elementsOf(view) {
  return S.typedArrayTag(view) === undefined ? view.byteLength : view.length;
}

function readView(reader, view, minimum) {
  if (view.byteLength === 0 || view.buffer.byteLength === 0) {
    const problem = S.bufferDetached(view.buffer) ? "has been detached" : "is zero-length";
    return promiseReject(new NativeTypeError(`The underlying ArrayBuffer ${problem}.`));
  }
  if (minimum === 0) return promiseReject(new NativeTypeError("The minimum number of elements to read must not be zero."));
  if (minimum > elementsOf(view)) {
    return promiseReject(new NativeRangeError("The minimum number of elements to read is more than the view holds."));
  }
  if (reader.stream === null) return promiseReject(releasedError());
  const parts = withResolvers();
  S.readInto(reader, view, minimum, new PromiseRequest(parts));
  return parts.promise;
}

let byobReaderOf;

class ReadableStreamBYOBReader {
  #state;

  static {
    byobReaderOf = (shell) => (isObject(shell) && #state in shell ? shell.#state : undefined);
  }

  constructor(stream) {
    this.#state = readerFor(stream, arguments[1], true);
    this.#state.shell = this;
  }

  get closed() {
    const reader = byobReaderOf(this);
    if (reader === undefined) return promiseReject(illegal("ReadableStreamBYOBReader"));
    return reader.closed.get();
  }

  cancel(reason = undefined) {
    const reader = byobReaderOf(this);
    if (reader === undefined) return promiseReject(illegal("ReadableStreamBYOBReader"));
    if (reader.stream === null) return promiseReject(releasedError());
    return cancelReadable(reader.stream, reason);
  }

  read(view, options = {}) {
    const reader = byobReaderOf(this);
    if (reader === undefined) return promiseReject(illegal("ReadableStreamBYOBReader"));
    let minimum = 1;
    try {
      checkView(view, "The view");
      const members = dictionary(options, "The options");
      const given = members === undefined ? undefined : members.min;
      if (given !== undefined) minimum = enforceRange(given, "The min option");
    } catch (error) {
      return promiseReject(error);
    }
    return readView(reader, view, minimum);
  }

  // Not in the standard: read() with the minimum as the first argument, in bytes.
  readAtLeast(minimum, view) {
    const reader = byobReaderOf(this);
    if (reader === undefined) return promiseReject(illegal("ReadableStreamBYOBReader"));
    let elements;
    try {
      const bytes = enforceRange(minimum, "The minimum");
      checkView(view, "The view");
      elements = Math.ceil(bytes / (view.BYTES_PER_ELEMENT ?? 1));
    } catch (error) {
      return promiseReject(error);
    }
    return readView(reader, view, elements);
  }

  releaseLock() {
    const reader = byobReaderOf(this);
    if (reader === undefined) throw illegal("ReadableStreamBYOBReader");
    if (reader.stream !== null) releaseReader(reader);
  }
}

// -- Async iteration --

const END = { end: true };

class StreamIterator {
  constructor(reader, preventCancel) {
    this.reader = reader;
    this.preventCancel = preventCancel;
    // The promise of the call that runs: calls of next() and return() run one after the other.
    this.ongoing = null;
    this.finished = false;
    this.succeeded = (value) => {
      this.ongoing = null;
      if (value !== END) return { value, done: false };
      this.finished = true;
      return { value: undefined, done: true };
    };
    this.failed = (reason) => {
      this.ongoing = null;
      this.finished = true;
      throw reason;
    };
  }

  next() {
    if (this.finished) return promiseResolve({ value: undefined, done: true });
    const parts = withResolvers();
    readChunk(this.reader, new IteratorRequest(this.reader, parts));
    return then(parts.promise, this.succeeded, this.failed);
  }

  // A chunk that waits, when no other call runs; undefined when there is none. Chunks that are objects may be promises, which
  // have to be waited for.
  quick() {
    if (this.ongoing !== null || this.finished) return undefined;
    const { stream } = this.reader;
    const { controller } = stream;
    if (stream.state !== READABLE || controller.isBytes || controller.queue.head === null) return undefined;
    if (isObject(controller.queue.head.value) && !isView(controller.queue.head.value)) return undefined;
    stream.disturbed = true;
    return promiseResolve({ value: controller.takeChunk(), done: false });
  }

  return(value) {
    if (this.finished) return promiseResolve({ value, done: true });
    this.finished = true;
    const { reader } = this;
    const cancelled = this.preventCancel ? promiseResolve(undefined) : cancelReadable(reader.stream, value);
    releaseReader(reader);
    return cancelled;
  }

  // Runs `step` now, or after the call that runs.
  enqueue(step) {
    this.ongoing = this.ongoing === null ? step() : then(this.ongoing, step, step);
    return this.ongoing;
  }
}

class IteratorRequest {
  constructor(reader, parts) {
    this.next = null;
    this.reader = reader;
    this.parts = parts;
  }

  chunk(value) {
    this.parts.resolve(value);
  }

  close() {
    releaseReader(this.reader);
    this.parts.resolve(END);
  }

  error(reason) {
    releaseReader(this.reader);
    this.parts.reject(reason);
  }
}

// The prototype of every built-in async iterator.
function AsyncIteratorBase() {}
AsyncIteratorBase.prototype = Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}.prototype));

let iteratorOf;

class ReadableStreamAsyncIterator extends AsyncIteratorBase {
  #state;

  static {
    iteratorOf = (shell) => (isObject(shell) && #state in shell ? shell.#state : undefined);
  }

  constructor(state) {
    super();
    this.#state = state;
  }

  next() {
    const iterator = iteratorOf(this);
    if (iterator === undefined) return promiseReject(illegal("ReadableStreamAsyncIterator"));
    return iterator.quick() ?? iterator.enqueue(() => iterator.next());
  }

  return(value) {
    const iterator = iteratorOf(this);
    if (iterator === undefined) return promiseReject(illegal("ReadableStreamAsyncIterator"));
    return then(
      iterator.enqueue(() => iterator.return(value)),
      () => ({ value, done: true }),
    );
  }
}

delete ReadableStreamAsyncIterator.prototype.constructor;
for (const name of ["next", "return"]) {
  Object.defineProperty(ReadableStreamAsyncIterator.prototype, name, { enumerable: true });
}
Object.defineProperty(ReadableStreamAsyncIterator.prototype, Symbol.toStringTag, {
  value: "ReadableStream AsyncIterator",
  configurable: true,
});

function iterate(stream, preventCancel) {
  const reader = acquireReader(stream, false);
  return new ReadableStreamAsyncIterator(new StreamIterator(reader, preventCancel));
}

internals.defineClass(ReadableStreamDefaultReader, "ReadableStreamDefaultReader");
internals.defineClass(ReadableStreamBYOBReader, "ReadableStreamBYOBReader");
internals.expose("ReadableStreamDefaultReader", ReadableStreamDefaultReader);
internals.expose("ReadableStreamBYOBReader", ReadableStreamBYOBReader);

S.detachStates(StreamIterator, IteratorRequest);
Object.assign(S, {
  byobReaderShell: (reader) => new ReadableStreamBYOBReader(SECRET, reader),
  defaultReaderShell: (reader) => new ReadableStreamDefaultReader(SECRET, reader),
  iterate,
});
