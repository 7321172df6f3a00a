// The default controller of readable streams (Streams §4.6, §4.9.4).
//
// A source is { pull(controller), cancel(reason) }, both optional, called with the state objects of this file. What they
// return is a promise, undefined, or (pull only) LATER: then the source calls controller.pulled() itself.
const S = internals.streams;
const { Entry, LATER, List, READABLE, SECRET, Readable, apply, checkSize, promiseReject, promiseResolve } = S;
const { closeReadable, errorReadable, illegal, isObject, settle } = S;
const NativeTypeError = TypeError;

class DefaultController {
  constructor(stream, source, highWaterMark, size) {
    this.stream = stream;
    this.source = source;
    this.isBytes = false;
    this.queue = new List();
    this.total = 0;
    this.started = false;
    this.closeRequested = false;
    this.pullAgain = false;
    this.pulling = false;
    this.highWaterMark = highWaterMark;
    this.size = size;
    this.pulled = null;
    this.pullFailed = null;
    this.shell = null;
    stream.controller = this;
  }

  // Takes the first chunk off a queue that is not empty.
  takeChunk() {
    const entry = this.queue.shift();
    this.total -= entry.size;
    if (this.total < 0) this.total = 0;
    if (this.closeRequested && this.queue.head === null) {
      this.source = null;
      this.size = undefined;
      closeReadable(this.stream);
    } else {
      pullDefault(this);
    }
    return entry.value;
  }

  pullSteps(request) {
    if (this.queue.head !== null) {
      request.chunk(this.takeChunk());
    } else {
      this.stream.reader.requests.push(request);
      pullDefault(this);
    }
  }

  cancelSteps(reason) {
    this.queue.clear();
    this.total = 0;
    const { source } = this;
    this.source = null;
    this.size = undefined;
    if (source === null || source.cancel === undefined) return undefined;
    try {
      return promiseResolve(source.cancel(reason));
    } catch (error) {
      return promiseReject(error);
    }
  }

  releaseSteps() {}
}

function canCloseOrEnqueue(controller) {
  return !controller.closeRequested && controller.stream.state === READABLE;
}

function shouldPull(controller) {
  const { stream } = controller;
  if (controller.closeRequested || stream.state !== READABLE || !controller.started) return false;
  if (stream.reader !== null && stream.reader.requests.head !== null) return true;
  return controller.highWaterMark > controller.total;
}

function pullDefault(controller) {
  const { source } = controller;
  if (source === null || source.pull === undefined || !shouldPull(controller)) return;
  if (controller.pulling) {
    controller.pullAgain = true;
    return;
  }
  controller.pulling = true;
  if (controller.pulled === null) {
    controller.pulled = () => {
      controller.pulling = false;
      if (!controller.pullAgain) return;
      controller.pullAgain = false;
      pullDefault(controller);
    };
    controller.pullFailed = (reason) => errorDefault(controller, reason);
  }
  let result;
  try {
    result = source.pull(controller);
  } catch (error) {
    result = promiseReject(error);
  }
  if (result !== LATER) settle(result, controller.pulled, controller.pullFailed);
}

// The caller has checked canCloseOrEnqueue().
function closeDefault(controller) {
  controller.closeRequested = true;
  if (controller.queue.head !== null) return;
  controller.source = null;
  controller.size = undefined;
  closeReadable(controller.stream);
}

// The caller has checked canCloseOrEnqueue().
function enqueueDefault(controller, chunk) {
  const { reader } = controller.stream;
  if (reader !== null && reader.requests.head !== null) {
    reader.requests.shift().chunk(chunk);
  } else {
    let size = 1;
    if (controller.size !== undefined) {
      try {
        size = controller.size(chunk);
        checkSize(size);
      } catch (error) {
        errorDefault(controller, error);
        throw error;
      }
    }
    controller.queue.push(new Entry(chunk, size, null));
    controller.total += size;
  }
  pullDefault(controller);
}

function errorDefault(controller, reason) {
  const { stream } = controller;
  if (stream.state !== READABLE) return;
  controller.queue.clear();
  controller.total = 0;
  controller.source = null;
  controller.size = undefined;
  errorReadable(stream, reason);
}

function desiredSize(controller) {
  const { state } = controller.stream;
  if (state === READABLE) return controller.highWaterMark - controller.total;
  return state === S.CLOSED ? 0 : null;
}

// `started` is what the start function returned.
function startDefault(controller, started) {
  settle(
    started,
    () => {
      controller.started = true;
      pullDefault(controller);
    },
    (reason) => errorDefault(controller, reason),
  );
}

// A stream for our own use. Without `started` it pulls from its source a microtask from now, like any other.
function createReadable(source, highWaterMark = 1, size = undefined, started = undefined) {
  const stream = new Readable();
  startDefault(new DefaultController(stream, source, highWaterMark, size), started);
  return stream;
}

// The source object of a program, in the form the controllers take. `shell` is the object its functions are given.
class UserSource {
  constructor(object, pull, cancel) {
    this.object = object;
    this.shell = null;
    this.pull = pull === undefined ? undefined : () => apply(pull, object, [this.shell]);
    this.cancel = cancel === undefined ? undefined : (reason) => apply(cancel, object, [reason]);
  }
}

let shellState;

class ReadableStreamDefaultController {
  #state;

  static {
    shellState = (shell) => {
      if (!isObject(shell) || !(#state in shell)) throw illegal("ReadableStreamDefaultController");
      return shell.#state;
    };
  }

  constructor() {
    if (arguments[0] !== SECRET) throw new NativeTypeError("Illegal constructor");
    this.#state = arguments[1];
  }

  get desiredSize() {
    return desiredSize(shellState(this));
  }

  close() {
    const controller = shellState(this);
    if (!canCloseOrEnqueue(controller)) throw new NativeTypeError("This ReadableStream is closed.");
    closeDefault(controller);
  }

  enqueue(chunk = undefined) {
    const controller = shellState(this);
    if (!canCloseOrEnqueue(controller)) throw new NativeTypeError("Unable to enqueue: this ReadableStream is closed.");
    enqueueDefault(controller, chunk);
  }

  error(reason = undefined) {
    errorDefault(shellState(this), reason);
  }
}

function defaultShell(controller) {
  if (controller.shell === null) controller.shell = new ReadableStreamDefaultController(SECRET, controller);
  return controller.shell;
}

internals.defineClass(ReadableStreamDefaultController, "ReadableStreamDefaultController");
internals.expose("ReadableStreamDefaultController", ReadableStreamDefaultController);

S.detachStates(DefaultController, UserSource);
Object.assign(S, {
  DefaultController,
  UserSource,
  canCloseOrEnqueue,
  closeDefault,
  createReadable,
  defaultShell,
  desiredSize,
  enqueueDefault,
  errorDefault,
  pullDefault,
  shouldPull,
  startDefault,
});
