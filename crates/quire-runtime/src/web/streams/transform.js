// TransformStream (Streams §6).
//
// The state of a transform stream is the sink of its writable side and the source of its readable side at once. Where the
// standard passes a "backpressure change promise" around, the side that waits returns LATER and is called when its turn comes.
const S = internals.streams;
const { LATER, RESOLVED, SECRET, apply, callbackMember, canCloseOrEnqueue, closeDefault, convertStrategy } = S;
const { createReadable, createWritable, desiredSize, enqueueDefault, errorDefault, errorWritable, illegal, isObject } = S;
const { markOf, noop, promiseReject, promiseResolve, shouldPull, sizeOf, then, withResolvers, writableStates } = S;
const READABLE_ERRORED = S.ERRORED;
const { ERRORED, ERRORING } = writableStates;
const NativeRangeError = RangeError;
const NativeTypeError = TypeError;

const NO_TRANSFORMER = { __proto__: null };

// `transformer` has transform(chunk), flush() and cancel(reason), each optional; what they return is waited for.
class Transform {
  constructor(transformer, writableMark, writableSize, readableMark, readableSize, started) {
    this.transformer = transformer;
    this.backpressure = true;
    // A chunk that waits for the readable side, and whether that side waits for chunks.
    this.held = undefined;
    this.holding = false;
    this.pullWaits = false;
    this.finished = null;
    this.shell = null;
    this.resume = () => this.transformHeld();
    this.transformFailed = (reason) => {
      this.fail(reason);
      this.writable.controller.writeFailed(reason);
    };
    this.writable = createWritable(this, writableMark, writableSize, started);
    this.readable = createReadable(this, readableMark, readableSize, started);
  }

  // -- the sink --

  write(chunk) {
    if (this.backpressure) {
      this.held = chunk;
      this.holding = true;
    } else {
      this.transformOne(chunk);
    }
    return LATER;
  }

  transformHeld() {
    const chunk = this.held;
    this.held = undefined;
    this.holding = false;
    const { writable } = this;
    if (writable.state === ERRORING) writable.controller.writeFailed(writable.storedError);
    else this.transformOne(chunk);
  }

  transformOne(chunk) {
    const { transformer } = this;
    const { controller } = this.writable;
    let result;
    try {
      if (transformer.transform === undefined) this.enqueue(chunk);
      else result = transformer.transform(chunk, this);
    } catch (error) {
      result = promiseReject(error);
    }
    if (result === undefined) then(RESOLVED, controller.written);
    else then(promiseResolve(result), controller.written, this.transformFailed);
  }

  close() {
    if (this.finished !== null) return this.finished.promise;
    const { readable } = this;
    return this.finish(
      (transformer) => (transformer.flush === undefined ? undefined : transformer.flush(this)),
      (parts) => {
        if (readable.state === READABLE_ERRORED) {
          parts.reject(readable.storedError);
          return;
        }
        if (canCloseOrEnqueue(readable.controller)) closeDefault(readable.controller);
        parts.resolve(undefined);
      },
      (reason) => errorDefault(readable.controller, reason),
    );
  }

  abort(reason) {
    if (this.finished !== null) return this.finished.promise;
    const { readable } = this;
    return this.finish(
      (transformer) => (transformer.cancel === undefined ? undefined : transformer.cancel(reason)),
      (parts) => {
        if (readable.state === READABLE_ERRORED) {
          parts.reject(readable.storedError);
          return;
        }
        errorDefault(readable.controller, reason);
        parts.resolve(undefined);
      },
      (error) => errorDefault(readable.controller, error),
    );
  }

  // -- the source --

  pull() {
    this.pullWaits = true;
    this.setBackpressure(false);
    return LATER;
  }

  cancel(reason) {
    if (this.finished !== null) return this.finished.promise;
    const { writable } = this;
    return this.finish(
      (transformer) => (transformer.cancel === undefined ? undefined : transformer.cancel(reason)),
      (parts) => {
        if (writable.state === ERRORED) {
          parts.reject(writable.storedError);
          return;
        }
        errorWritable(writable.controller, reason);
        this.unblock();
        parts.resolve(undefined);
      },
      (error) => {
        errorWritable(writable.controller, error);
        this.unblock();
      },
    );
  }

  // -- common --

  // Runs the transformer's last function, once, and settles the promise of whoever asked for the end.
  finish(call, succeeded, failed) {
    const parts = withResolvers();
    this.finished = parts;
    const called = withResolvers();
    try {
      called.resolve(call(this.transformer));
    } catch (error) {
      called.reject(error);
    }
    this.transformer = NO_TRANSFORMER;
    then(
      called.promise,
      () => succeeded(parts),
      (reason) => {
        failed(reason);
        parts.reject(reason);
      },
    );
    return parts.promise;
  }

  setBackpressure(backpressure) {
    this.backpressure = backpressure;
    if (backpressure) {
      if (!this.pullWaits) return;
      this.pullWaits = false;
      then(RESOLVED, this.readable.controller.pulled);
    } else if (this.holding) {
      this.holding = false;
      then(RESOLVED, this.resume);
    }
  }

  unblock() {
    if (this.backpressure) this.setBackpressure(false);
  }

  errorWritableSide(reason) {
    this.transformer = NO_TRANSFORMER;
    errorWritable(this.writable.controller, reason);
    this.unblock();
  }

  // What transformers of ours call; the shell of the controller calls them too.

  enqueue(chunk) {
    const { controller } = this.readable;
    if (!canCloseOrEnqueue(controller)) {
      throw new NativeTypeError("The readable side of this TransformStream is no longer readable.");
    }
    try {
      enqueueDefault(controller, chunk);
    } catch (error) {
      this.errorWritableSide(error);
      throw this.readable.storedError;
    }
    if (!this.backpressure && !shouldPull(controller)) this.setBackpressure(true);
  }

  fail(reason) {
    errorDefault(this.readable.controller, reason);
    this.errorWritableSide(reason);
  }

  terminate() {
    const { controller } = this.readable;
    if (canCloseOrEnqueue(controller)) closeDefault(controller);
    this.errorWritableSide(new NativeTypeError("The transform stream has been terminated."));
  }
}

let controllerState;

class TransformStreamDefaultController {
  #state;

  static {
    controllerState = (shell) => {
      if (!isObject(shell) || !(#state in shell)) throw illegal("TransformStreamDefaultController");
      return shell.#state;
    };
  }

  constructor() {
    if (arguments[0] !== SECRET) throw new NativeTypeError("Illegal constructor");
    this.#state = arguments[1];
  }

  get desiredSize() {
    return desiredSize(controllerState(this).readable.controller);
  }

  enqueue(chunk = undefined) {
    controllerState(this).enqueue(chunk);
  }

  error(reason = undefined) {
    controllerState(this).fail(reason);
  }

  terminate() {
    controllerState(this).terminate();
  }
}

// The transformer object of a program, in the form Transform takes. `shell` is the object its functions are given.
class UserTransformer {
  constructor(object) {
    const what = "a transformer";
    const cancel = callbackMember(object, "cancel", what);
    // Not in the standard: how many bytes will come out, for the Content-Length of a body.
    const expected = object.expectedLength;
    this.length = expected === undefined ? undefined : S.enforceRange(expected, "The expectedLength");
    const flush = callbackMember(object, "flush", what);
    const { readableType } = object;
    this.start = callbackMember(object, "start", what);
    const transform = callbackMember(object, "transform", what);
    if (readableType !== undefined) throw new NativeRangeError("The readableType of a transformer must be undefined.");
    if (object.writableType !== undefined) throw new NativeRangeError("The writableType of a transformer must be undefined.");
    this.shell = null;
    this.transform = transform === undefined ? undefined : (chunk) => apply(transform, object, [chunk, this.shell]);
    this.flush = flush === undefined ? undefined : () => apply(flush, object, [this.shell]);
    this.cancel = cancel === undefined ? undefined : (reason) => apply(cancel, object, [reason]);
  }
}

let transformState;

class TransformStream {
  // A Transform, or the Identity of a stream of bytes: { readable, writable } are states.
  #state;

  static {
    transformState = (shell) => (isObject(shell) && #state in shell ? shell.#state : undefined);
  }

  constructor(transformer = undefined, writableStrategy = {}, readableStrategy = {}) {
    if (transformer === SECRET) {
      this.#state = writableStrategy;
      return;
    }
    if (transformer !== undefined && !isObject(transformer)) throw new NativeTypeError("The transformer must be an object.");
    const writableConverted = convertStrategy(writableStrategy);
    const readableConverted = convertStrategy(readableStrategy);
    const converted = transformer === undefined ? NO_TRANSFORMER : new UserTransformer(transformer);
    const readableMark = markOf(readableConverted, 0);
    const readableSize = sizeOf(readableConverted);
    const writableMark = markOf(writableConverted, 1);
    const writableSize = sizeOf(writableConverted);
    const { start } = converted;
    const started = start === undefined ? undefined : withResolvers();
    // The two steps in between are part of the standard: both sides wait for a promise that follows this one.
    const sides = then(then(started === undefined ? RESOLVED : started.promise, noop), noop);
    const state = new Transform(converted, writableMark, writableSize, readableMark, readableSize, sides);
    this.#state = state;
    if (converted === NO_TRANSFORMER) return;
    if (converted.length !== undefined) state.readable.length = converted.length;
    converted.shell = new TransformStreamDefaultController(SECRET, state);
    if (start !== undefined) started.resolve(apply(start, transformer, [converted.shell]));
  }

  get readable() {
    const state = transformState(this);
    if (state === undefined) throw illegal("TransformStream");
    return S.readableShell(state.readable);
  }

  get writable() {
    const state = transformState(this);
    if (state === undefined) throw illegal("TransformStream");
    return S.writableShell(state.writable);
  }
}

// A pair of streams for a Web API of ours: transformer = { transform(chunk, controller), flush(controller), cancel(reason) },
// each optional, with controller.enqueue(chunk), .fail(reason) and .terminate(). Gives { readable, writable } for programs.
function createTransform(transformer, writableMark = 1, readableMark = 0) {
  const { readable, writable } = new Transform(transformer, writableMark, undefined, readableMark, undefined, undefined);
  return { readable: S.readableShell(readable), writable: S.writableShell(writable) };
}

internals.defineClass(TransformStream, "TransformStream");
internals.defineClass(TransformStreamDefaultController, "TransformStreamDefaultController");
internals.expose("TransformStream", TransformStream);
internals.expose("TransformStreamDefaultController", TransformStreamDefaultController);

S.detachStates(Transform, UserTransformer);
Object.assign(S, { TransformStream, createTransform });
