// Stubs: objects that stand for another one whose methods are called from afar. https://developers.cloudflare.com/workers/runtime-apis/rpc/
//
// A stub, a property of one and what a call gives are functions whose prototype asks for any other member. What is behind them is a hook:
//
//   send(path, packed)  follows a path of names, and calls what is found there with packed arguments, or reads it if `packed` is null; gives the hook of
//                       the result at once
//   value()             a promise of the value
//   duplicate(), dispose()
//
// Hooks of this file are for what is in this program; session.js has those of what is elsewhere; pack.js packs values.

const { apply, get: getProperty, setPrototypeOf } = Reflect;
const { getPrototypeOf, hasOwn, defineProperty } = Object;
const { isArray } = Array;
const { then, catch: catchRejection, finally: finallyDo } = Promise.prototype;
const NativeError = Error;
const NativePromise = Promise;
const NativeTypeError = TypeError;
const { Fetcher, isFetcher, remoteOf: remoteOfFetcher } = internals.fetch;
const objectPrototype = Object.prototype;
const functionPrototype = Function.prototype;

const PATH_MAX = 64;
const ignore = () => {};

class RpcTarget {}

/** What a stub, a property or a promise stands for: where a path of names leads from a hook. */
class Remote {
  constructor(hook, path) {
    this.hook = hook;
    this.path = path;
    /** For a property or a promise, once somebody waits for it. */
    this.promise = null;
    this.disposed = false;
    /** The request that it belongs to; 0 for none. */
    this.owner = internals.currentRequest();
  }
}

let remoteOf;

/** Gives an object a private member. */
class Marked extends class {
  constructor(object) {
    return object;
  }
} {
  #remote;

  static {
    remoteOf = (value) => (typeof value === "function" && #remote in value ? value.#remote : undefined);
  }

  constructor(object, remote) {
    super(object);
    this.#remote = remote;
  }
}

const illegal = () => {
  throw new NativeTypeError("Illegal constructor");
};

function checkLive(remote) {
  if (remote.disposed) throw new NativeError("RPC stub used after being disposed.");
}

function make(remote, prototype) {
  const object = (...values) => call(remote, values);
  delete object.name;
  delete object.length;
  setPrototypeOf(object, prototype);
  new Marked(object, remote);
  return object;
}

function call(remote, values) {
  const result = attempt(() => {
    checkLive(remote);
    return remote.hook.send(remote.path, internals.pack.arguments(values));
  });
  // Whoever uses the promise learns of the failure through it.
  apply(then, result.value(), [undefined, ignore]);
  return make(new Remote(result, []), RpcPromise.prototype);
}

/** The hook that `send` gives; what it throws is the result too. */
function attempt(send) {
  try {
    return send();
  } catch (error) {
    return new FailedHook(error);
  }
}

/** The promise of what a property or a call gives. */
function settled(object) {
  const remote = remoteOf(object);
  if (remote === undefined) throw internals.illegalInvocation();
  if (remote.promise === null) {
    const hook =
      remote.path.length === 0
        ? remote.hook
        : attempt(() => {
            checkLive(remote);
            return remote.hook.send(remote.path, null);
          });
    remote.promise = hook.value();
  }
  return remote.promise;
}

/** A stub's own members: for those of what it stands for, see `members`. */
const thenable = {
  then(fulfilled, rejected) {
    return apply(then, settled(this), [fulfilled, rejected]);
  },
  catch(rejected) {
    return apply(catchRejection, settled(this), [rejected]);
  },
  finally(run) {
    return apply(finallyDo, settled(this), [run]);
  },
};

class RpcProperty {
  constructor() {
    illegal();
  }
}
class RpcPromise {
  constructor() {
    illegal();
  }
  [Symbol.dispose]() {
    dispose(remoteOf(this));
  }
}
for (const Class of [RpcProperty, RpcPromise]) {
  for (const name of ["then", "catch", "finally"]) {
    defineProperty(Class.prototype, name, { value: thenable[name], writable: true, configurable: true, enumerable: true });
  }
}

class RpcStub {
  constructor(target = undefined) {
    if (typeof target !== "function" && (typeof target !== "object" || target === null)) {
      throw new NativeTypeError("Failed to construct 'JsRpcStub': constructor parameter 1 is not of type 'Object'.");
    }
    if (typeof target !== "function" && getPrototypeOf(target) !== objectPrototype && !(target instanceof RpcTarget)) {
      throw new NativeTypeError("RpcStubs can only wrap plain objects, functions, and RpcTarget derivatives.");
    }
    return stub(new LocalHook(target));
  }
  dup() {
    const remote = remoteOf(this);
    if (remote === undefined) throw internals.illegalInvocation();
    checkLive(remote);
    return stub(remote.hook.duplicate());
  }
  [Symbol.dispose]() {
    dispose(remoteOf(this));
  }
}

function dispose(remote) {
  if (remote === undefined) throw internals.illegalInvocation();
  if (remote.disposed) return;
  remote.disposed = true;
  remote.hook.dispose();
}

const stub = (hook) => make(new Remote(hook, []), RpcStub.prototype);

/** What a fetcher stands for when anything but `fetch` is asked of it. */
function remoteOfReceiver(receiver) {
  const remote = remoteOf(receiver);
  if (remote !== undefined) return remote;
  if (!isFetcher(receiver)) return undefined;
  const behind = remoteOfFetcher(receiver);
  return behind === null ? undefined : new Remote(new EntrypointHook(behind), []);
}

/** In the prototype chain of stubs and fetchers: any name that nothing else has is a member of what the stub stands for. */
const { members, memberTraps } = internals.fetch;
memberTraps.get = (_, name, receiver) => {
  if (typeof name === "symbol" || name in objectPrototype) return getProperty(objectPrototype, name, receiver);
  if (name === "then" || name === "toJSON") return undefined;
  const remote = remoteOfReceiver(receiver);
  if (remote === undefined) return undefined;
  if (remote.path.length === PATH_MAX) throw new NativeTypeError("RPC property path is too deep.");
  const property = new Remote(remote.hook, [...remote.path, name]);
  property.disposed = remote.disposed;
  return make(property, RpcProperty.prototype);
};
memberTraps.has = (_, name) => typeof name === "string" || name in objectPrototype;

/** What a hook has of which there is only one. */
class Hook {
  duplicate() {
    throw new NativeTypeError("This RPC object cannot be duplicated.");
  }
  dispose() {}
}

/** Something of this program. Its own disposer runs when the last of the hooks is disposed that come from one. */
class LocalHook extends Hook {
  constructor(target, uses = { count: 0 }) {
    super();
    this.target = target;
    this.uses = uses;
    uses.count++;
  }

  send(path, packed) {
    const done = [];
    return new ResultHook(perform(this.target, path, packed, done), done);
  }

  value() {
    return NativePromise.resolve(stub(this));
  }

  duplicate() {
    return new LocalHook(this.target, this.uses);
  }

  dispose() {
    if (--this.uses.count > 0) return;
    const disposer = this.target[Symbol.dispose];
    if (typeof disposer === "function") apply(disposer, this.target, []);
  }
}

const failAgain = (error) => {
  throw internals.pack.unpackError(internals.pack.error(error));
};

/** What a call in this program gives. */
class ResultHook extends Hook {
  /** `done` holds what is to be done once the result is packed. */
  constructor(result, done) {
    super();
    this.result = result;
    this.done = done;
    this.carried = null;
    /** Stubs in the result, which are somebody else's now. Calls on the result may still go through them. */
    this.moved = [];
    apply(then, result, [undefined, ignore]);
  }

  send(path, packed) {
    const done = [];
    return new ResultHook(apply(then, this.result, [(value) => perform(value, path, packed, done)]), done);
  }

  /** The value as bytes. To be asked for once. */
  packed() {
    const packed = apply(then, this.result, [(value) => internals.pack.result(value, this.moved)]);
    return this.done.length === 0 ? packed : apply(finallyDo, packed, [() => this.done.forEach((finish) => finish())]);
  }

  value() {
    const unpack = (packed) => {
      this.dispose();
      return internals.pack.unpackResult(packed);
    };
    return (this.carried ??= apply(then, this.packed(), [unpack, failAgain]));
  }

  dispose() {
    for (const remote of this.moved.splice(0)) dispose(remote);
  }
}

/** Something that could not be reached. */
class FailedHook extends Hook {
  constructor(error) {
    super();
    this.error = error;
  }

  send() {
    return this;
  }

  value() {
    return NativePromise.reject(this.error);
  }

  packed() {
    return this.value();
  }

  duplicate() {
    return this;
  }
}

/** An entry point: every call is an event of its own. */
class EntrypointHook extends Hook {
  constructor(behind) {
    super();
    this.behind = behind;
  }

  send(path, packed) {
    const session = this.behind.connect();
    return session === null ? new FailedHook(this.behind.missing()) : session.main.send(path, packed);
  }
}

/** Errors that no program threw. */
const unthrown = new WeakSet();

/** An error about a call, rather than one of what is called. */
function callError(text) {
  const error = new NativeTypeError(text);
  unthrown.add(error);
  return error;
}

const missing = (name) => callError(`The RPC receiver does not implement the method "${name}".`);

const isThenable = (value) => typeof value === "object" && value !== null && typeof value.then === "function";

const isPlain = (value) => {
  const prototype = getPrototypeOf(value);
  return prototype === objectPrototype || prototype === null || isArray(value);
};

/** A member that others may use: of an instance those of its class, of a plain object or a function its own. */
function member(object, name) {
  if (name === "dup" || name === "constructor") internals.entrypoints.checkName(name);
  if (typeof object === "function") {
    if (hasOwn(object, name) && !hasOwn(functionPrototype, name) && name !== "prototype") return object[name];
    throw missing(name);
  }
  if (typeof object !== "object" || object === null) throw missing(name);
  if (internals.entrypoints.isInstance(object) || object instanceof RpcTarget) {
    if (internals.entrypoints.isInstance(object)) internals.entrypoints.checkName(name);
    if (!hasOwn(object, name) && !(name in objectPrototype) && name in object) return object[name];
    throw missing(name);
  }
  if (isPlain(object) && hasOwn(object, name)) return object[name];
  throw missing(name);
}

/** Follows a path from a value, and calls what is found there. Gives a promise of the result. `done` gets what is to be done after that. */
function perform(value, path, packed, done, from = 0, receiver = undefined) {
  try {
    for (let i = from; i < path.length; i++) {
      const remote = remoteOfReceiver(value);
      if (remote !== undefined) return forward(remote, path.slice(i), packed);
      if (isThenable(value)) {
        const position = i;
        return apply(then, NativePromise.resolve(value), [(found) => perform(found, path, packed, done, position, receiver)]);
      }
      receiver = value;
      const name = path[i];
      const found = member(value, name);
      if (packed !== null && i === path.length - 1 && typeof found !== "function") throw callError(`"${path.join(".")}" is not a function.`);
      value = found;
    }
    if (packed === null) return NativePromise.resolve(value);
    const remote = remoteOfReceiver(value);
    if (remote !== undefined) return forward(remote, [], packed);
    if (typeof value !== "function") throw new NativeTypeError("The RPC receiver is not a function.");
    return invoke(value, receiver, packed, done);
  } catch (error) {
    if (packed !== null) internals.pack.drop(packed);
    return NativePromise.reject(error);
  }
}

/** Calls a function. The stubs among its arguments are disposed when its result is on its way. */
function invoke(method, receiver, packed, done) {
  const { value: values, dispose: disposeArguments } = internals.pack.unpack(packed);
  if (disposeArguments !== null) done.push(disposeArguments);
  try {
    return NativePromise.resolve(apply(method, receiver, values));
  } catch (error) {
    return NativePromise.reject(error);
  }
}

function forward(remote, path, packed) {
  checkLive(remote);
  return remote.hook.send([...remote.path, ...path], packed).value();
}

internals.defineClass(RpcTarget, "RpcTarget");
internals.defineClass(RpcProperty, "RpcProperty");
internals.defineClass(RpcPromise, "RpcPromise");
internals.defineClass(RpcStub, "RpcStub");
for (const [Class, tag] of [
  [RpcTarget, "JsRpcTarget"],
  [RpcProperty, "JsRpcProperty"],
  [RpcPromise, "JsRpcPromise"],
  [RpcStub, "JsRpcStub"],
]) {
  defineProperty(Class.prototype, Symbol.toStringTag, { value: tag, configurable: true });
}
for (const Class of [RpcProperty, RpcPromise, RpcStub]) setPrototypeOf(Class.prototype, members);

internals.rpc = {
  RpcTarget,
  RpcStub,
  RpcPromise,
  RpcProperty,
  ServiceStub: Fetcher,
  Hook,
  LocalHook,
  ResultHook,
  FailedHook,
  perform,
  callError,
  isCallError: (error) => unthrown.has(error),
  remoteOf,
  isStub: (value) => remoteOf(value) !== undefined && getPrototypeOf(value) === RpcStub.prototype,
  /** A stub of what is behind a hook. */
  stub,
  /** Ends a stub's use of its hook, which went to somebody else. */
  dispose,
};
