// ReadableByteStreamController and ReadableStreamBYOBRequest: what a program sees of a byte controller (Streams §4.7, §4.8).
const S = internals.streams;
const { DEFAULT_READER, PullInto, READABLE, SECRET, bufferDetached, checkView, enforceRange, illegal, isObject } = S;
const NativeArrayBuffer = ArrayBuffer;
const NativeTypeError = TypeError;
const NativeUint8Array = Uint8Array;

// The Workers runtime gives a byobRequest to every read of a byte stream, also when autoAllocateChunkSize is missing; the
// standard gives null. Ours appears when a program asks for it, so both ways of writing a source work.
const DEFAULT_ALLOCATION = 4096;

// The state of a ReadableStreamBYOBRequest: null members once it is answered.
class ByobRequest {
  constructor(controller, view) {
    this.controller = controller;
    this.view = view;
    this.shell = null;
  }
}

function currentRequest(controller) {
  if (controller.byobRequest === null) {
    const first = controller.pending.head;
    if (first === null) return null;
    const view = new NativeUint8Array(first.buffer, first.offset + first.filled, first.length - first.filled);
    controller.byobRequest = new ByobRequest(controller, view);
  }
  return controller.byobRequest;
}

function allocateForRead(controller) {
  const { stream } = controller;
  if (controller.pending.head !== null || stream.state !== READABLE || !S.options.allocateByDefault) return;
  if (stream.reader === null || stream.reader.byob || stream.reader.requests.head === null || controller.total > 0) return;
  const buffer = new NativeArrayBuffer(DEFAULT_ALLOCATION);
  controller.pending.push(new PullInto(buffer, 0, DEFAULT_ALLOCATION, 1, 1, NativeUint8Array, DEFAULT_READER));
}

let requestState;

class ReadableStreamBYOBRequest {
  #state;

  static {
    requestState = (shell) => {
      if (!isObject(shell) || !(#state in shell)) throw illegal("ReadableStreamBYOBRequest");
      return shell.#state;
    };
  }

  constructor() {
    if (arguments[0] !== SECRET) throw new NativeTypeError("Illegal constructor");
    this.#state = arguments[1];
  }

  get view() {
    return requestState(this).view;
  }

  respond(bytesWritten) {
    const request = requestState(this);
    if (arguments.length === 0) throw new NativeTypeError("respond(): one argument is required");
    const written = enforceRange(bytesWritten, "The bytesWritten");
    if (request.controller === null) throw new NativeTypeError("This ReadableStreamBYOBRequest has been invalidated.");
    if (bufferDetached(request.view.buffer)) throw new NativeTypeError("The underlying ArrayBuffer has been detached.");
    S.respond(request.controller, written);
  }

  respondWithNewView(view) {
    const request = requestState(this);
    checkView(view, "The view");
    if (request.controller === null) throw new NativeTypeError("This ReadableStreamBYOBRequest has been invalidated.");
    if (bufferDetached(view.buffer)) throw new NativeTypeError("The underlying ArrayBuffer has been detached.");
    S.respondWithView(request.controller, view);
  }
}

let controllerState;

class ReadableByteStreamController {
  #state;

  static {
    controllerState = (shell) => {
      if (!isObject(shell) || !(#state in shell)) throw illegal("ReadableByteStreamController");
      return shell.#state;
    };
  }

  constructor() {
    if (arguments[0] !== SECRET) throw new NativeTypeError("Illegal constructor");
    this.#state = arguments[1];
  }

  get byobRequest() {
    const controller = controllerState(this);
    allocateForRead(controller);
    const request = currentRequest(controller);
    if (request === null) return null;
    if (request.shell === null) request.shell = new ReadableStreamBYOBRequest(SECRET, request);
    return request.shell;
  }

  get desiredSize() {
    return S.desiredSize(controllerState(this));
  }

  close() {
    const controller = controllerState(this);
    if (controller.closeRequested || controller.stream.state !== READABLE) {
      throw new NativeTypeError("This ReadableStream is closed.");
    }
    S.closeBytes(controller);
  }

  enqueue(chunk) {
    const controller = controllerState(this);
    checkView(chunk, "The chunk");
    if (chunk.byteLength === 0 || chunk.buffer.byteLength === 0) {
      throw new NativeTypeError("Cannot enqueue a zero-length ArrayBuffer.");
    }
    if (controller.closeRequested || controller.stream.state !== READABLE) {
      throw new NativeTypeError("This ReadableByteStreamController is closed.");
    }
    S.enqueueBytes(controller, chunk);
  }

  error(reason = undefined) {
    S.errorBytes(controllerState(this), reason);
  }
}

function byteShell(controller) {
  if (controller.shell === null) controller.shell = new ReadableByteStreamController(SECRET, controller);
  return controller.shell;
}

internals.defineClass(ReadableStreamBYOBRequest, "ReadableStreamBYOBRequest");
internals.defineClass(ReadableByteStreamController, "ReadableByteStreamController");
internals.expose("ReadableStreamBYOBRequest", ReadableStreamBYOBRequest);
internals.expose("ReadableByteStreamController", ReadableByteStreamController);

S.detachStates(ByobRequest);
Object.assign(S, { byteShell, currentRequest, options: { allocateByDefault: true } });
