// ReadableStream: what a program sees (Streams §4.2).
const S = internals.streams;
const { ByteController, DefaultController, SECRET, Readable, UserSource, acquireReader, apply, byteShell } = S;
const { callForPromise, callbackMember, cancelReadable, canCloseOrEnqueue, closeDefault, convertStrategy, createReadable } = S;
const { defaultShell, dictionary, enforceRange, enqueueDefault, illegal, isObject, markOf, noop } = S;
const { promiseReject, promiseResolve, sizeOf, startBytes, startDefault, then } = S;
const NativeRangeError = RangeError;
const NativeTypeError = TypeError;

const lockedError = () => new NativeTypeError("This ReadableStream is currently locked to a reader.");

const NO_MEMBERS = {
  allocate: undefined,
  cancel: undefined,
  length: undefined,
  pull: undefined,
  start: undefined,
  type: undefined,
};

// The members of an underlying source, read once and in the order of their names.
function convertSource(object) {
  if (object === undefined) return NO_MEMBERS;
  const what = "an underlying source";
  const size = object.autoAllocateChunkSize;
  const allocate = size === undefined ? undefined : enforceRange(size, "The autoAllocateChunkSize");
  const cancel = callbackMember(object, "cancel", what);
  // Not in the standard: how many bytes the stream will give, for the Content-Length of a body.
  const expected = object.expectedLength;
  const length = expected === undefined ? undefined : enforceRange(expected, "The expectedLength");
  const pull = callbackMember(object, "pull", what);
  const start = callbackMember(object, "start", what);
  const given = object.type;
  let type;
  if (given !== undefined) {
    type = `${given}`;
    if (type !== "bytes" && type !== "") throw new NativeTypeError(`"${type}" is not a type of an underlying source.`);
  }
  return { allocate, cancel, length, pull, start, type };
}

function setUp(stream, object, strategy) {
  const members = convertSource(object);
  const { allocate, pull, cancel, start } = members;
  const source = new UserSource(object, pull, cancel);
  let controller;
  let started;
  if (members.type === "bytes") {
    if (strategy.size !== undefined) throw new NativeRangeError("A byte stream's strategy cannot have a size function.");
    const mark = markOf(strategy, 0);
    if (allocate === 0) throw new NativeTypeError("The autoAllocateChunkSize option cannot be zero.");
    controller = new ByteController(stream, source, mark, allocate ?? 0);
  } else {
    const size = sizeOf(strategy);
    controller = new DefaultController(stream, source, markOf(strategy, 1), size);
  }
  if (members.length !== undefined) stream.length = members.length;
  if (start !== undefined || pull !== undefined) {
    const shell = controller.isBytes ? byteShell(controller) : defaultShell(controller);
    source.shell = shell;
    if (start !== undefined) started = apply(start, object, [shell]);
  }
  if (controller.isBytes) startBytes(controller, started);
  else startDefault(controller, started);
}

function convertPipeOptions(options) {
  const members = dictionary(options, "The options of a pipe");
  if (members === undefined) return { preventAbort: false, preventCancel: false, preventClose: false, signal: undefined };
  const preventAbort = Boolean(members.preventAbort);
  const preventCancel = Boolean(members.preventCancel);
  const preventClose = Boolean(members.preventClose);
  const { signal } = members;
  if (signal !== undefined && !internals.abort.isAbortSignal(signal)) {
    throw new NativeTypeError("The signal option of a pipe must be an AbortSignal.");
  }
  return { preventAbort, preventCancel, preventClose, signal };
}

function startPipe(stream, dest, options) {
  const { preventClose, preventAbort, preventCancel, signal } = options;
  return S.pipe(stream, dest, preventClose, preventAbort, preventCancel, signal);
}

let readableState;

class ReadableStream {
  #state;

  static {
    readableState = (shell) => (isObject(shell) && #state in shell ? shell.#state : undefined);
  }

  constructor(underlyingSource = undefined, strategy = {}) {
    if (underlyingSource === SECRET) {
      this.#state = strategy;
      strategy.shell = this;
      return;
    }
    if (underlyingSource !== undefined && !isObject(underlyingSource)) {
      throw new NativeTypeError("The underlying source must be an object.");
    }
    const converted = convertStrategy(strategy);
    const stream = new Readable();
    stream.shell = this;
    this.#state = stream;
    setUp(stream, underlyingSource, converted);
  }

  static from(asyncIterable) {
    return readableShell(fromIterable(asyncIterable));
  }

  get locked() {
    const stream = readableState(this);
    if (stream === undefined) throw illegal("ReadableStream");
    return stream.reader !== null;
  }

  cancel(reason = undefined) {
    const stream = readableState(this);
    if (stream === undefined) return promiseReject(illegal("ReadableStream"));
    if (stream.reader !== null) return promiseReject(lockedError());
    return cancelReadable(stream, reason);
  }

  getReader(options = {}) {
    const stream = readableState(this);
    if (stream === undefined) throw illegal("ReadableStream");
    const members = dictionary(options, "The options of getReader()");
    const mode = members === undefined ? undefined : members.mode;
    if (mode === undefined) return S.defaultReaderShell(acquireReader(stream, false));
    if (`${mode}` !== "byob") {
      throw new NativeTypeError("mode must be undefined or 'byob' in call to getReader().");
    }
    return S.byobReaderShell(acquireReader(stream, true));
  }

  pipeThrough(transform, options = {}) {
    const stream = readableState(this);
    if (stream === undefined) throw illegal("ReadableStream");
    if (!isObject(transform)) throw new NativeTypeError("pipeThrough() needs an object with a readable and a writable side.");
    const { readable } = transform;
    if (readableState(readable) === undefined) throw new NativeTypeError("The readable member must be a ReadableStream.");
    const dest = S.writableOf(transform.writable);
    if (dest === undefined) throw new NativeTypeError("The writable member must be a WritableStream.");
    const converted = convertPipeOptions(options);
    if (stream.reader !== null) throw lockedError();
    if (dest.writer !== null) throw S.lockedError();
    then(startPipe(stream, dest, converted), undefined, noop);
    return readable;
  }

  pipeTo(destination, options = {}) {
    const stream = readableState(this);
    if (stream === undefined) return promiseReject(illegal("ReadableStream"));
    const dest = S.writableOf(destination);
    if (dest === undefined) return promiseReject(new NativeTypeError("pipeTo() needs a WritableStream."));
    let converted;
    try {
      converted = convertPipeOptions(options);
    } catch (error) {
      return promiseReject(error);
    }
    if (stream.reader !== null) return promiseReject(lockedError());
    if (dest.writer !== null) return promiseReject(S.lockedError());
    return startPipe(stream, dest, converted);
  }

  tee() {
    const stream = readableState(this);
    if (stream === undefined) throw illegal("ReadableStream");
    const [first, second] = S.teeReadable(stream);
    // A body whose stream was teed is used, whether or not the branches are read.
    stream.disturbed = true;
    return [readableShell(first), readableShell(second)];
  }

  values(options = {}) {
    const stream = readableState(this);
    if (stream === undefined) throw illegal("ReadableStream");
    const members = dictionary(options, "The options of values()");
    return S.iterate(stream, members === undefined ? false : Boolean(members.preventCancel));
  }

  [internals.inspect]() {
    const stream = readableState(this);
    if (stream === undefined) return undefined;
    const length = S.fixedLength(this);
    const parts = [
      `locked: ${stream.reader !== null}`,
      `[state]: '${["readable", "closed", "errored"][stream.state]}'`,
      `[supportsBYOB]: ${stream.native !== null || stream.controller.isBytes}`,
      `[length]: ${length === null ? undefined : `${length}n`}`,
    ];
    return S.showParts("ReadableStream", parts);
  }
}

// The object that a program sees for a state of ours.
function readableShell(stream) {
  if (stream.shell === null) new ReadableStream(SECRET, stream);
  return stream.shell;
}

// -- ReadableStream.from() --

function method(object, key) {
  const found = object[key];
  if (found === undefined || found === null) return undefined;
  if (typeof found !== "function") throw new NativeTypeError("The argument of ReadableStream.from() is not iterable.");
  return found;
}

// Pulls from an iterator, which may be a sync one: then its values are waited for.
class IteratorSource {
  constructor(iterator, isSync) {
    this.iterator = iterator;
    const { next } = iterator;
    this.nextMethod = typeof next === "function" ? internals.capture(next) : next;
    this.isSync = isSync;
    this.stream = null;
  }

  pull() {
    return then(callForPromise(this.nextMethod, this.iterator, []), (result) => this.take(result));
  }

  take(result) {
    if (!isObject(result)) throw new NativeTypeError("The iterator gave a result that is not an object.");
    const { controller } = this.stream;
    if (result.done) {
      if (canCloseOrEnqueue(controller)) closeDefault(controller);
      return undefined;
    }
    const { value } = result;
    if (!this.isSync || !isObject(value)) {
      this.give(value);
      return undefined;
    }
    return then(
      promiseResolve(value),
      (settled) => this.give(settled),
      (reason) => {
        this.closeIterator();
        throw reason;
      },
    );
  }

  give(value) {
    const { controller } = this.stream;
    if (canCloseOrEnqueue(controller)) enqueueDefault(controller, value);
  }

  // After a rejected value, as for await does; what return() says does not matter then.
  closeIterator() {
    try {
      const close = this.iterator.return;
      if (typeof close === "function") apply(close, this.iterator, []);
    } catch {
      // The rejection comes first.
    }
  }

  cancel(reason) {
    const close = this.iterator.return;
    if (close === undefined || close === null) return undefined;
    return then(callForPromise(close, this.iterator, [reason]), (result) => {
      if (!isObject(result)) throw new NativeTypeError("The iterator's return() gave a result that is not an object.");
    });
  }
}

function fromIterable(iterable) {
  if (iterable === undefined || iterable === null) {
    throw new NativeTypeError("The argument of ReadableStream.from() is not iterable.");
  }
  let isSync = false;
  let open = method(iterable, Symbol.asyncIterator);
  if (open === undefined) {
    isSync = true;
    open = method(iterable, Symbol.iterator);
  }
  if (open === undefined) throw new NativeTypeError("The argument of ReadableStream.from() is not iterable.");
  const iterator = apply(open, iterable, []);
  if (!isObject(iterator)) throw new NativeTypeError("The iterator of ReadableStream.from() must be an object.");
  const source = new IteratorSource(iterator, isSync);
  source.stream = createReadable(source, 0);
  return source.stream;
}

Object.defineProperty(ReadableStream.prototype, Symbol.asyncIterator, {
  value: ReadableStream.prototype.values,
  writable: true,
  configurable: true,
});
internals.defineClass(ReadableStream, "ReadableStream");
internals.expose("ReadableStream", ReadableStream);

S.detachStates(IteratorSource);
Object.assign(S, { readableOf: readableState, readableShell });
