// The state of a readable stream and of its reader, and the operations that do not depend on the kind of controller
// (Streams §4.9.1–4.9.3).
//
// A read request is an object { next, chunk(value), close(value), error(reason) }; only requests of BYOB reads use the argument
// of close(). Controllers have cancelSteps(reason), pullSteps(request), releaseSteps() and an isBytes flag.
const S = internals.streams;
const { LazyPromise, List, RESOLVED, noop, promiseReject, promiseResolve, then } = S;
const NativeTypeError = TypeError;

const READABLE = 0;
const CLOSED = 1;
const ERRORED = 2;

class Readable {
  constructor() {
    this.state = READABLE;
    this.storedError = undefined;
    this.reader = null;
    this.disturbed = false;
    this.controller = null;
    // The source of a native stream until somebody needs its controller, and whether the core may take it; see native.js.
    this.native = null;
    this.bypass = false;
    // Number of bytes the stream will give in all, or (`countsDown`) from now on: a number, or null when unknown.
    this.length = null;
    this.countsDown = false;
    this.shell = null;
  }
}

class Reader {
  constructor(stream, byob) {
    this.stream = stream;
    this.byob = byob;
    this.requests = new List();
    this.closed = new LazyPromise();
    this.shell = null;
  }
}

const releasedError = () => new NativeTypeError("This ReadableStream reader has been released.");

// The controller of a stream; a native stream gets its one now.
function controllerOf(stream) {
  if (stream.controller === null) S.startNative(stream);
  return stream.controller;
}

function acquireReader(stream, byob) {
  if (stream.reader !== null) throw new NativeTypeError("This ReadableStream is currently locked to a reader.");
  const controller = controllerOf(stream);
  if (byob && !controller.isBytes) throw new NativeTypeError("This ReadableStream does not support BYOB reads.");
  const reader = new Reader(stream, byob);
  stream.reader = reader;
  if (stream.state === CLOSED) reader.closed.fulfil();
  else if (stream.state === ERRORED) reader.closed.fail(stream.storedError);
  return reader;
}

function errorRequests(reader, reason) {
  let request = reader.requests.clear();
  while (request !== null) {
    const { next } = request;
    request.error(reason);
    request = next;
  }
}

function releaseReader(reader) {
  const { stream } = reader;
  const error = releasedError();
  reader.closed.fail(error);
  stream.controller.releaseSteps();
  stream.reader = null;
  reader.stream = null;
  errorRequests(reader, error);
}

// Marks the stream closed; the controller has done its part.
function closeReadable(stream) {
  stream.state = CLOSED;
  const { reader } = stream;
  if (reader === null) return;
  reader.closed.fulfil();
  if (reader.byob) return;
  let request = reader.requests.clear();
  while (request !== null) {
    const { next } = request;
    request.close(undefined);
    request = next;
  }
}

function errorReadable(stream, reason) {
  stream.state = ERRORED;
  stream.storedError = reason;
  const { reader } = stream;
  if (reader === null) return;
  reader.closed.fail(reason);
  errorRequests(reader, reason);
}

function cancelReadable(stream, reason) {
  stream.disturbed = true;
  if (stream.state === CLOSED) return promiseResolve(undefined);
  if (stream.state === ERRORED) return promiseReject(stream.storedError);
  const controller = controllerOf(stream);
  closeReadable(stream);
  const { reader } = stream;
  if (reader !== null && reader.byob) {
    let request = reader.requests.clear();
    while (request !== null) {
      const { next } = request;
      request.close(undefined);
      request = next;
    }
  }
  const result = controller.cancelSteps(reason);
  return then(result === undefined ? RESOLVED : result, noop);
}

// Reads one chunk for a default reader.
function readChunk(reader, request) {
  const { stream } = reader;
  stream.disturbed = true;
  if (stream.state === CLOSED) request.close(undefined);
  else if (stream.state === ERRORED) request.error(stream.storedError);
  else stream.controller.pullSteps(request);
}

// The request behind the promise of reader.read(), of either kind of reader.
class PromiseRequest {
  constructor(parts) {
    this.next = null;
    this.parts = parts;
  }

  chunk(value) {
    this.parts.resolve({ value, done: false });
  }

  close(value) {
    this.parts.resolve({ value, done: true });
  }

  error(reason) {
    this.parts.reject(reason);
  }
}

function readPromise(reader) {
  const { stream } = reader;
  stream.disturbed = true;
  if (stream.state === CLOSED) return promiseResolve({ value: undefined, done: true });
  if (stream.state === ERRORED) return promiseReject(stream.storedError);
  const { controller } = stream;
  // A chunk that waits needs neither a request nor a promise with functions.
  if (!controller.isBytes && controller.queue.head !== null) {
    return promiseResolve({ value: controller.takeChunk(), done: false });
  }
  const parts = S.withResolvers();
  controller.pullSteps(new PromiseRequest(parts));
  return parts.promise;
}

S.detachStates(Readable, Reader, PromiseRequest);
Object.assign(S, {
  CLOSED,
  ERRORED,
  PromiseRequest,
  READABLE,
  Readable,
  Reader,
  acquireReader,
  cancelReadable,
  closeReadable,
  controllerOf,
  errorReadable,
  readChunk,
  readPromise,
  releaseReader,
  releasedError,
});
