// Stubs: objects that stand for another one whose methods are called from afar. Here the other one is in the same program, so
// that a stub is about semantics: calls are asynchronous, what is passed is copied, except that functions and targets
// arrive as stubs. https://developers.cloudflare.com/workers/runtime-apis/rpc/
//
// internals.rpc.stub(call) lets a binding make a stub of its own: `call(path, callArguments)` gives a promise; `callArguments` is null for
// a property that is read.

const { apply, construct, get: getProperty, ownKeys } = Reflect;
const { getPrototypeOf, hasOwn } = Object;
const { isArray } = Array;
const { then } = Promise.prototype;
const NativeError = Error;
const NativePromise = Promise;
const NativeProxy = Proxy;
const NativeTypeError = TypeError;
const { structuredClone } = globalThis;
const objectPrototype = Object.prototype;

class RpcTarget {}

/** What a stub's proxy stands for. */
class Remote {
  constructor(call, path = [], dispose = null) {
    this.call = call;
    this.path = path;
    this.dispose = dispose;
  }
}

/** From proxies to what they stand for. */
const remotes = new WeakMap();

const illegal = () => {
  throw new NativeTypeError("Illegal constructor");
};

class RpcProperty {
  constructor() {
    illegal();
  }
}
class RpcPromise extends RpcProperty {}
class Fetcher {
  constructor() {
    illegal();
  }
}
class RpcStub extends Fetcher {
  constructor(target) {
    if (typeof target !== "function" && (typeof target !== "object" || target === null)) {
      throw new NativeTypeError(
        "Failed to construct 'RpcStub': constructor parameter 1 is not of type 'object'.",
      );
    }
    return stubOf(target);
  }
}

const isTarget = (value) => value instanceof RpcTarget;
const isPlain = (value) => {
  const prototype = getPrototypeOf(value);
  return prototype === null || prototype === objectPrototype;
};

/** What arrives at the other side of a call. */
function carried(value) {
  if (typeof value === "function") return remotes.has(value) ? value : stubOf(value);
  if (typeof value !== "object" || value === null) return value;
  if (remotes.has(value)) return value;
  if (isTarget(value)) return stubOf(value);
  if (isArray(value) && value.some(needsStub)) return value.map(carried);
  if (isPlain(value) && ownKeys(value).some((key) => needsStub(value[key]))) {
    const copy = {};
    for (const key of ownKeys(value)) copy[key] = carried(value[key]);
    return copy;
  }
  return structuredClone(value);
}

/** Whether a value is, or holds, something that is not copied. */
function needsStub(value) {
  if (typeof value === "function") return true;
  if (typeof value !== "object" || value === null) return false;
  if (remotes.has(value) || isTarget(value)) return true;
  if (isArray(value)) return value.some(needsStub);
  return isPlain(value) && ownKeys(value).some((key) => needsStub(value[key]));
}

/** A member that others may use: of a target those of its class, of a plain object its own. */
function member(object, name) {
  const missing = () => new NativeTypeError(`The RPC receiver does not implement the method "${String(name)}".`);
  if ((typeof object !== "object" && typeof object !== "function") || object === null) throw missing();
  if (remotes.has(object)) return getProperty(object, name);
  const own = hasOwn(object, name);
  const visible = isTarget(object) || !isPlain(object) ? !own && name in object && !(name in objectPrototype) : own;
  if (!visible) throw missing();
  return object[name];
}

/** Follows a path from a target, and calls what is found there. */
async function perform(target, path, callArguments) {
  let receiver = undefined;
  let value = await target;
  for (const name of path) {
    receiver = value;
    value = await member(value, name);
  }
  if (callArguments === null) return carried(value);
  if (typeof value !== "function") {
    throw new NativeTypeError(`The RPC receiver does not implement the method "${String(path.at(-1) ?? "")}".`);
  }
  const passed = callArguments.map(carried);
  return carried(await apply(value, receiver, passed));
}

const disposed = () => NativePromise.reject(new NativeError("RPC stub used after being disposed."));

/** A stub of something in this program. */
function stubOf(target) {
  let live = true;
  const call = (path, callArguments) => (live ? perform(target, path, callArguments) : disposed());
  const dispose = () => {
    live = false;
  };
  return proxy(new Remote(call, [], { dispose, duplicate: () => stubOf(target) }), RpcStub.prototype);
}

/** What a call gives: a promise whose members can be used before it settles. */
function promised(promise) {
  const call = (path, callArguments) => perform(promise, path, callArguments);
  const remote = new Remote(call);
  remote.promise = promise;
  return proxy(remote, RpcPromise.prototype);
}

function proxy(remote, prototype) {
  const shell = function () {};
  const made = new NativeProxy(shell, {
    apply: (_, __, callArguments) => {
      const promise = remote.call(remote.path, callArguments);
      // Whoever uses the promise learns of the failure through it.
      apply(then, promise, [undefined, () => {}]);
      return promised(promise);
    },
    construct: () => illegal(),
    getPrototypeOf: () => prototype,
    get(_, name) {
      if (name === "then" || name === "catch" || name === "finally") {
        const promise = (remote.promise ??= remote.path.length === 0 ? null : remote.call(remote.path, null));
        return promise === null || promise === undefined ? undefined : promise[name].bind(promise);
      }
      if (remote.dispose !== null) {
        if (name === Symbol.dispose) return remote.dispose.dispose;
        if (name === "dup") return remote.dispose.duplicate;
      } else if (name === Symbol.dispose) {
        return () => {};
      }
      if (typeof name === "symbol") return prototype[name];
      // What any object has is the stub's own.
      if (name in objectPrototype && name !== "constructor") return objectPrototype[name];
      if (name === "constructor") return prototype.constructor;
      return proxy(new Remote(remote.call, [...remote.path, name]), RpcProperty.prototype);
    },
    set: () => false,
    has: (_, name) => typeof name === "string",
    ownKeys: () => [],
    getOwnPropertyDescriptor: () => undefined,
    defineProperty: () => false,
    deleteProperty: () => false,
  });
  remotes.set(made, remote);
  return made;
}

internals.defineClass(RpcTarget, "RpcTarget");
internals.defineClass(RpcProperty, "RpcProperty");
internals.defineClass(RpcPromise, "RpcPromise");
internals.defineClass(Fetcher, "Fetcher");
internals.defineClass(RpcStub, "RpcStub");
for (const [Class, tag] of [
  [RpcTarget, "JsRpcTarget"],
  [RpcProperty, "JsRpcProperty"],
  [RpcPromise, "JsRpcPromise"],
  [RpcStub, "JsRpcStub"],
]) {
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: tag, configurable: true });
}

internals.rpc = {
  RpcTarget,
  RpcStub,
  RpcPromise,
  RpcProperty,
  ServiceStub: Fetcher,
  /** A stub whose calls `call` performs. */
  stub: (call) => proxy(new Remote(call), RpcStub.prototype),
};
