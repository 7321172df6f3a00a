// The state of a writable stream, of its writer and of its controller, and their algorithms (Streams §5.5).
//
// A sink is { write(chunk, controller), close(), abort(reason) }, all optional, called with the state objects of this file. What
// they return is a promise or undefined. A write request is an object { resolve(), reject(reason) }; it travels with
// its chunk in the queue.
const S = internals.streams;
const { Entry, LATER, LazyPromise, List, checkSize, promiseReject, promiseResolve, settle } = S;
const { withResolvers } = S;
const NativeTypeError = TypeError;

const WRITABLE = 0;
const CLOSED = 1;
const ERRORING = 2;
const ERRORED = 3;

const CLOSE = { close: true };

class Writable {
  constructor() {
    this.state = WRITABLE;
    this.storedError = undefined;
    this.writer = null;
    this.controller = null;
    // Write request of the chunk the sink is busy with.
    this.inFlightWrite = null;
    // Promise parts of close(), before and after the sink was told.
    this.closeRequest = null;
    this.inFlightClose = null;
    // { parts, reason, wasErroring }
    this.pendingAbort = null;
    this.backpressure = false;
    this.shell = null;
  }
}

class Writer {
  constructor(stream) {
    this.stream = stream;
    this.ready = new LazyPromise();
    this.closed = new LazyPromise();
    this.shell = null;
  }
}

class WritableController {
  constructor(stream, sink, highWaterMark, size) {
    this.stream = stream;
    this.sink = sink;
    this.queue = new List();
    this.total = 0;
    this.started = false;
    this.highWaterMark = highWaterMark;
    this.size = size;
    // Turns what a program writes into a chunk; its error refuses the chunk and leaves the stream as it is.
    this.convert = null;
    // The AbortSignal, once a program asked for it; what abort() was given before that.
    this.signal = null;
    this.aborted = false;
    this.abortReason = undefined;
    this.written = null;
    this.writeFailed = null;
    this.shell = null;
    stream.controller = this;
    stream.backpressure = highWaterMark <= 0;
  }
}

function closing(stream) {
  return stream.closeRequest !== null || stream.inFlightClose !== null;
}

const lockedError = () => new NativeTypeError("This WritableStream is currently locked to a writer.");
const writerReleasedError = () => new NativeTypeError("This WritableStream writer has been released.");
const closedError = () => new NativeTypeError("This WritableStream has been closed.");

function acquireWriter(stream) {
  if (stream.writer !== null) throw lockedError();
  const writer = new Writer(stream);
  stream.writer = writer;
  const { ready, closed } = writer;
  if (stream.state === WRITABLE) {
    if (closing(stream) || !stream.backpressure) ready.fulfil();
  } else if (stream.state === CLOSED) {
    ready.fulfil();
    closed.fulfil();
  } else {
    ready.fail(stream.storedError);
    if (stream.state === ERRORED) closed.fail(stream.storedError);
  }
  return writer;
}

function releaseWriter(writer) {
  const error = writerReleasedError();
  writer.ready.fail(error);
  writer.closed.fail(error);
  writer.stream.writer = null;
  writer.stream = null;
}

function signalAbort(controller, reason) {
  controller.aborted = true;
  controller.abortReason = reason;
  if (controller.signal === null) return;
  try {
    internals.abort.signalAbort(controller.signal, reason);
  } catch {
    // A listener's error must not stop the stream from being aborted.
  }
}

function abortWritable(stream, reason) {
  if (stream.state === CLOSED || stream.state === ERRORED) return promiseResolve(undefined);
  signalAbort(stream.controller, reason);
  // Listeners of the signal may have changed the state.
  const { state } = stream;
  if (state === CLOSED || state === ERRORED) return promiseResolve(undefined);
  if (stream.pendingAbort !== null) return stream.pendingAbort.parts.promise;
  const wasErroring = state === ERRORING;
  const parts = withResolvers();
  stream.pendingAbort = { parts, reason: wasErroring ? undefined : reason, wasErroring };
  if (!wasErroring) startErroring(stream, reason);
  return parts.promise;
}

function closeWritable(stream) {
  const { state, writer, controller } = stream;
  if (state === CLOSED || state === ERRORED) return promiseReject(closedError());
  const parts = withResolvers();
  stream.closeRequest = parts;
  if (writer !== null && stream.backpressure && state === WRITABLE) writer.ready.fulfil();
  controller.queue.push(new Entry(CLOSE, 0, null));
  advance(controller);
  return parts.promise;
}

// Closes on behalf of a pipe: what was closed already counts as done.
function closeForPipe(stream) {
  if (closing(stream) || stream.state === CLOSED) return promiseResolve(undefined);
  if (stream.state === ERRORED) return promiseReject(stream.storedError);
  return closeWritable(stream);
}

function dealWithRejection(stream, error) {
  if (stream.state === WRITABLE) startErroring(stream, error);
  else finishErroring(stream);
}

function startErroring(stream, reason) {
  const { controller, writer } = stream;
  stream.state = ERRORING;
  stream.storedError = reason;
  if (writer !== null) writer.ready.fail(reason);
  if (stream.inFlightWrite === null && stream.inFlightClose === null && controller.started) finishErroring(stream);
}

function finishErroring(stream) {
  const { controller, storedError } = stream;
  stream.state = ERRORED;
  let entry = controller.queue.clear();
  controller.total = 0;
  while (entry !== null) {
    if (entry.request !== null) entry.request.reject(storedError);
    entry = entry.next;
  }
  const abort = stream.pendingAbort;
  if (abort === null) {
    rejectClose(stream);
    return;
  }
  stream.pendingAbort = null;
  if (abort.wasErroring) {
    abort.parts.reject(storedError);
    rejectClose(stream);
    return;
  }
  const { sink } = controller;
  clearAlgorithms(controller);
  let result;
  try {
    if (sink !== null && sink.abort !== undefined) result = sink.abort(abort.reason);
  } catch (error) {
    result = promiseReject(error);
  }
  settle(
    result,
    () => {
      abort.parts.resolve(undefined);
      rejectClose(stream);
    },
    (reason) => {
      abort.parts.reject(reason);
      rejectClose(stream);
    },
  );
}

function rejectClose(stream) {
  if (stream.closeRequest !== null) {
    stream.closeRequest.reject(stream.storedError);
    stream.closeRequest = null;
  }
  if (stream.writer !== null) stream.writer.closed.fail(stream.storedError);
}

function finishClose(stream) {
  stream.inFlightClose.resolve(undefined);
  stream.inFlightClose = null;
  if (stream.state === ERRORING) {
    // The sink closed after all: the error was too late.
    stream.storedError = undefined;
    if (stream.pendingAbort !== null) {
      stream.pendingAbort.parts.resolve(undefined);
      stream.pendingAbort = null;
    }
  }
  stream.state = CLOSED;
  if (stream.writer !== null) stream.writer.closed.fulfil();
}

function failClose(stream, error) {
  stream.inFlightClose.reject(error);
  stream.inFlightClose = null;
  if (stream.pendingAbort !== null) {
    stream.pendingAbort.parts.reject(error);
    stream.pendingAbort = null;
  }
  dealWithRejection(stream, error);
}

function updateBackpressure(stream, backpressure) {
  const { writer } = stream;
  if (writer !== null && backpressure !== stream.backpressure) {
    if (backpressure) writer.ready.reset();
    else writer.ready.fulfil();
  }
  stream.backpressure = backpressure;
}

function clearAlgorithms(controller) {
  controller.sink = null;
  controller.size = undefined;
}

function advance(controller) {
  const { stream } = controller;
  if (!controller.started || stream.inFlightWrite !== null) return;
  if (stream.state === ERRORING) {
    finishErroring(stream);
    return;
  }
  const entry = controller.queue.head;
  if (entry === null) return;
  if (entry.value === CLOSE) processClose(controller);
  else processWrite(controller, entry);
}

function processClose(controller) {
  const { stream, sink } = controller;
  stream.inFlightClose = stream.closeRequest;
  stream.closeRequest = null;
  controller.queue.shift();
  clearAlgorithms(controller);
  let result;
  try {
    if (sink !== null && sink.close !== undefined) result = sink.close();
  } catch (error) {
    result = promiseReject(error);
  }
  settle(
    result,
    () => finishClose(stream),
    (reason) => failClose(stream, reason),
  );
}

function processWrite(controller, entry) {
  const { stream, sink } = controller;
  stream.inFlightWrite = entry.request;
  entry.request = null;
  if (controller.written === null) {
    controller.written = () => finishWrite(controller);
    controller.writeFailed = (reason) => failWrite(controller, reason);
  }
  let result;
  try {
    if (sink.write !== undefined) result = sink.write(entry.value, controller);
  } catch (error) {
    result = promiseReject(error);
  }
  if (result !== LATER) settle(result, controller.written, controller.writeFailed);
}

function finishWrite(controller) {
  const { stream } = controller;
  const request = stream.inFlightWrite;
  stream.inFlightWrite = null;
  request.resolve(undefined);
  controller.total -= controller.queue.shift().size;
  if (controller.total < 0) controller.total = 0;
  if (stream.state === WRITABLE && !closing(stream)) updateBackpressure(stream, controller.highWaterMark <= controller.total);
  advance(controller);
}

function failWrite(controller, reason) {
  const { stream } = controller;
  if (stream.state === WRITABLE) clearAlgorithms(controller);
  const request = stream.inFlightWrite;
  stream.inFlightWrite = null;
  request.reject(reason);
  dealWithRejection(stream, reason);
}

function errorWritable(controller, error) {
  if (controller.stream.state !== WRITABLE) return;
  clearAlgorithms(controller);
  startErroring(controller.stream, error);
}

function writerDesiredSize(stream) {
  if (stream.state === WRITABLE) return stream.controller.highWaterMark - stream.controller.total;
  return stream.state === CLOSED ? 0 : null;
}

// Gives `chunk` to the stream for this writer; the result is the request that makeRequest() made for it.
function write(writer, chunk, makeRequest) {
  const { stream } = writer;
  const { controller } = stream;
  let size = 1;
  let sizeError;
  let sizeFailed = false;
  if (controller.convert !== null) {
    try {
      chunk = controller.convert(chunk);
    } catch (error) {
      return refused(makeRequest, error);
    }
  }
  if (controller.size !== undefined) {
    try {
      size = controller.size(chunk);
    } catch (error) {
      errorWritable(controller, error);
    }
  }
  if (writer.stream !== stream) return refused(makeRequest, writerReleasedError());
  const { state } = stream;
  if (state === ERRORED) return refused(makeRequest, stream.storedError);
  if (state === CLOSED || closing(stream)) return refused(makeRequest, closedError());
  if (state === ERRORING) return refused(makeRequest, stream.storedError);
  try {
    checkSize(size);
  } catch (error) {
    sizeError = error;
    sizeFailed = true;
    size = 0;
  }
  const request = makeRequest();
  controller.queue.push(new Entry(chunk, size, request));
  if (sizeFailed) {
    errorWritable(controller, sizeError);
    return request;
  }
  controller.total += size;
  updateBackpressure(stream, controller.highWaterMark <= controller.total);
  advance(controller);
  return request;
}

function refused(makeRequest, error) {
  const request = makeRequest();
  request.reject(error);
  return request;
}

// `started` is what the start function returned.
function startWritable(controller, started) {
  settle(
    started,
    () => {
      controller.started = true;
      advance(controller);
    },
    (reason) => {
      controller.started = true;
      dealWithRejection(controller.stream, reason);
    },
  );
}

// A stream for our own use.
function createWritable(sink, highWaterMark = 1, size = undefined, started = undefined) {
  const stream = new Writable();
  startWritable(new WritableController(stream, sink, highWaterMark, size), started);
  return stream;
}

S.detachStates(Writable, Writer, WritableController);
Object.assign(S, {
  Writable,
  WritableController,
  abortWritable,
  acquireWriter,
  closeForPipe,
  closeWritable,
  closedError,
  closing,
  createWritable,
  errorWritable,
  lockedError,
  releaseWriter,
  startWritable,
  updateBackpressure,
  write,
  writerDesiredSize,
  writerReleasedError,
  writableStates: { WRITABLE, CLOSED, ERRORING, ERRORED },
});
