// WritableStream, its writer and its controller: what a program sees (Streams §5.2–5.4).
const S = internals.streams;
const { SECRET, Writable, WritableController, abortWritable, acquireWriter, apply, callbackMember, closeWritable } = S;
const { closedError, closing, convertStrategy, illegal, isObject, lockedError, markOf, promiseReject, releaseWriter } = S;
const { sizeOf, startWritable, withResolvers, write, writerDesiredSize, writerReleasedError, writableStates } = S;
const NativeRangeError = RangeError;
const NativeTypeError = TypeError;

let controllerState;

class WritableStreamDefaultController {
  #state;

  static {
    controllerState = (shell) => {
      if (!isObject(shell) || !(#state in shell)) throw illegal("WritableStreamDefaultController");
      return shell.#state;
    };
  }

  constructor() {
    if (arguments[0] !== SECRET) throw new NativeTypeError("Illegal constructor");
    this.#state = arguments[1];
  }

  get signal() {
    const controller = controllerState(this);
    if (controller.signal === null) {
      controller.signal = internals.abort.createSignal();
      if (controller.aborted) internals.abort.signalAbort(controller.signal, controller.abortReason);
    }
    return controller.signal;
  }

  error(reason = undefined) {
    S.errorWritable(controllerState(this), reason);
  }
}

// The sink object of a program, in the form the controller takes. `shell` is the object its functions are given.
class UserSink {
  constructor(object) {
    const abort = callbackMember(object, "abort", "an underlying sink");
    const close = callbackMember(object, "close", "an underlying sink");
    this.start = callbackMember(object, "start", "an underlying sink");
    this.type = object.type;
    const write = callbackMember(object, "write", "an underlying sink");
    this.shell = null;
    this.write = write === undefined ? undefined : (chunk) => apply(write, object, [chunk, this.shell]);
    this.close = close === undefined ? undefined : () => apply(close, object, []);
    this.abort = abort === undefined ? undefined : (reason) => apply(abort, object, [reason]);
  }
}

const NO_SINK = { __proto__: null };

let writableState;

class WritableStream {
  #state;

  static {
    writableState = (shell) => (isObject(shell) && #state in shell ? shell.#state : undefined);
  }

  constructor(underlyingSink = undefined, strategy = {}) {
    if (underlyingSink === SECRET) {
      this.#state = strategy;
      strategy.shell = this;
      return;
    }
    if (underlyingSink !== undefined && !isObject(underlyingSink)) {
      throw new NativeTypeError("The underlying sink must be an object.");
    }
    const converted = convertStrategy(strategy);
    const sink = underlyingSink === undefined ? NO_SINK : new UserSink(underlyingSink);
    if (sink.type !== undefined) throw new NativeRangeError("Invalid underlying sink type. Only undefined is valid.");
    const size = sizeOf(converted);
    const mark = markOf(converted, 1);
    const stream = new Writable();
    stream.shell = this;
    this.#state = stream;
    const controller = new WritableController(stream, sink, mark, size);
    let started;
    if (sink.start !== undefined || sink.write !== undefined) {
      controller.shell = new WritableStreamDefaultController(SECRET, controller);
      sink.shell = controller.shell;
      if (sink.start !== undefined) started = apply(sink.start, underlyingSink, [controller.shell]);
    }
    startWritable(controller, started);
  }

  get locked() {
    const stream = writableState(this);
    if (stream === undefined) throw illegal("WritableStream");
    return stream.writer !== null;
  }

  abort(reason = undefined) {
    const stream = writableState(this);
    if (stream === undefined) return promiseReject(illegal("WritableStream"));
    if (stream.writer !== null) return promiseReject(lockedError());
    return abortWritable(stream, reason);
  }

  close() {
    const stream = writableState(this);
    if (stream === undefined) return promiseReject(illegal("WritableStream"));
    if (stream.writer !== null) return promiseReject(lockedError());
    if (closing(stream)) return promiseReject(closedError());
    return closeWritable(stream);
  }

  getWriter() {
    const stream = writableState(this);
    if (stream === undefined) throw illegal("WritableStream");
    return new WritableStreamDefaultWriter(SECRET, acquireWriter(stream));
  }

  [internals.inspect]() {
    const stream = writableState(this);
    if (stream === undefined) return undefined;
    const parts = [
      `locked: ${stream.writer !== null}`,
      `[state]: '${["writable", "closed", "erroring", "errored"][stream.state]}'`,
      `[expectsBytes]: ${stream.controller.convert !== null}`,
    ];
    return S.showParts("WritableStream", parts);
  }
}

let writerState;

class WritableStreamDefaultWriter {
  #state;

  static {
    writerState = (shell) => (isObject(shell) && #state in shell ? shell.#state : undefined);
  }

  constructor(stream) {
    let writer;
    if (stream === SECRET) {
      writer = arguments[1];
    } else {
      const state = writableState(stream);
      if (state === undefined) throw new NativeTypeError("A writer's constructor needs a WritableStream.");
      writer = acquireWriter(state);
    }
    writer.shell = this;
    this.#state = writer;
  }

  get closed() {
    const writer = writerState(this);
    if (writer === undefined) return promiseReject(illegal("WritableStreamDefaultWriter"));
    return writer.closed.get();
  }

  get desiredSize() {
    const writer = writerState(this);
    if (writer === undefined) throw illegal("WritableStreamDefaultWriter");
    if (writer.stream === null) throw writerReleasedError();
    return writerDesiredSize(writer.stream);
  }

  get ready() {
    const writer = writerState(this);
    if (writer === undefined) return promiseReject(illegal("WritableStreamDefaultWriter"));
    return writer.ready.get();
  }

  abort(reason = undefined) {
    const writer = writerState(this);
    if (writer === undefined) return promiseReject(illegal("WritableStreamDefaultWriter"));
    if (writer.stream === null) return promiseReject(writerReleasedError());
    return abortWritable(writer.stream, reason);
  }

  close() {
    const writer = writerState(this);
    if (writer === undefined) return promiseReject(illegal("WritableStreamDefaultWriter"));
    const { stream } = writer;
    if (stream === null) return promiseReject(writerReleasedError());
    if (closing(stream)) return promiseReject(closedError());
    return closeWritable(stream);
  }

  releaseLock() {
    const writer = writerState(this);
    if (writer === undefined) throw illegal("WritableStreamDefaultWriter");
    if (writer.stream !== null) releaseWriter(writer);
  }

  write(chunk = undefined) {
    const writer = writerState(this);
    if (writer === undefined) return promiseReject(illegal("WritableStreamDefaultWriter"));
    if (writer.stream === null) return promiseReject(writerReleasedError());
    return write(writer, chunk, withResolvers).promise;
  }
}

// The object that a program sees for a state of ours.
function writableShell(stream) {
  if (stream.shell === null) new WritableStream(SECRET, stream);
  return stream.shell;
}

internals.defineClass(WritableStream, "WritableStream");
internals.defineClass(WritableStreamDefaultWriter, "WritableStreamDefaultWriter");
internals.defineClass(WritableStreamDefaultController, "WritableStreamDefaultController");
internals.expose("WritableStream", WritableStream);
internals.expose("WritableStreamDefaultWriter", WritableStreamDefaultWriter);
internals.expose("WritableStreamDefaultController", WritableStreamDefaultController);

S.detachStates(UserSink);
Object.assign(S, { writableOf: writableState, writableShell, writableStates });
