// Programs whose module exports entry points: `export default { fetch }`, classes that extend WorkerEntrypoint, by name or by default. Events find theirs here.
// https://developers.cloudflare.com/workers/runtime-apis/handlers/

const { apply, construct } = Reflect;
const { push } = Array.prototype;
const { then } = Promise.prototype;
const { defineProperty, entries, hasOwn, keys } = Object;
const { parse } = JSON;
const resolve = Promise.resolve.bind(Promise);
const NativeError = Error;
const NativeTypeError = TypeError;
const { request: requests, response: responses, body: bodies } = internals;
const { WorkerEntrypoint, DurableObject } = internals.workers;
const { Hook, FailedHook, ResultHook, perform } = internals.rpc;

/** What the program's module exports; empty for a project's functions. */
let namespace = { __proto__: null };
let env = {};
let loopback = null;

/** Names that are no calls, whatever a class has. */
const RESERVED = ["constructor", "fetch", "connect", "dup", "alarm", "webSocketMessage", "webSocketClose", "webSocketError"];

class ExecutionContext {
  #id;
  #waits;

  /** Promises given to `waitUntil` are added to the list `waits`, if there is one. */
  constructor(id, props, waits = null) {
    this.#id = id;
    this.#waits = waits;
    const own = { props, access: undefined, cache: {}, tracing: internals.workers.tracing };
    for (const name of keys(own)) defineProperty(this, name, { value: own[name], writable: true, configurable: true, enumerable: true });
    if (internals.compatibility.enable_ctx_exports) {
      defineProperty(this, "exports", { get: exported, configurable: true, enumerable: true });
    }
  }
  waitUntil(promise) {
    internals.waitUntil(this.#id, promise);
    if (this.#waits !== null) apply(push, this.#waits, [promise]);
  }
  passThroughOnException() {}
}
internals.defineClass(ExecutionContext, "ExecutionContext");

/** `ctx.exports`: the program's own entry points. A class gives one with props of the caller's choice. */
function exported() {
  if (loopback !== null) return loopback;
  loopback = {};
  for (const [name, value] of entries(namespace)) {
    const entrypoint = name === "default" ? null : name;
    const isClass = typeof value === "function";
    if (isClass && !(value.prototype instanceof WorkerEntrypoint)) {
      const objects = internals.entrypoints.exportObject?.(name, value);
      if (objects !== undefined) loopback[name] = objects;
      continue;
    }
    if (!isClass && (typeof value !== "object" || value === null)) continue;
    loopback[name] = internals.loopback(ops.program_name(), entrypoint);
  }
  return loopback;
}

/** What an entry point's events are for: an instance of its class, or the exported object itself. */
function open(name, props, id, waits = null) {
  const value = namespace[name ?? "default"];
  const context = new ExecutionContext(id, props === null ? {} : parse(props), waits);
  if (typeof value === "function" && value.prototype instanceof WorkerEntrypoint) return { target: construct(value, [context, env]), context };
  if (typeof value === "object" && value !== null) return { target: value, context };
  if (value === undefined) {
    throw new NativeTypeError(`The program "${ops.program_name()}" exports no entry point ${name === null ? "by default" : `named "${name}"`}.`);
  }
  throw new NativeError("Handler does not export a fetch() function.");
}

const isInstance = (object) => object instanceof WorkerEntrypoint || object instanceof DurableObject;

function handler(target, name) {
  const method = target[name];
  if (typeof method === "function") return method;
  throw new NativeError(`Handler does not export a ${name}() function.`);
}

/** Calls a handler: a method of an instance with its argument alone, one of an exported object with `env` and the context too. */
function handle({ target, context }, name, argument) {
  const method = handler(target, name);
  return apply(method, target, isInstance(target) ? [argument] : [argument, env, context]);
}

function checkResponse(result) {
  if (responses.isResponse(result)) return result;
  throw new NativeTypeError("Incorrect type for Promise: the Promise did not resolve to 'Response'.");
}

/** Has an entry point answer request `id`, which another program sent if `isCall` is 1. */
internals.answer = (id, name, props, method, body, url, cf, isCall) => {
  const fail = (error) => internals.reportFailure(id, error, isCall === 1 ? internals.thrown.pack(error) : null);
  const deliver = (result) => {
    try {
      responses.send(id, checkResponse(result));
    } catch (error) {
      fail(error);
    }
  };
  try {
    const state = requests.arrived(id, method, url, isCall === 1 ? { cf } : undefined);
    const request = requests.create(state, body === 0 ? null : bodies.native(body, null));
    const result = handle(open(name, props, id), "fetch", request);
    if (responses.isResponse(result)) return deliver(result);
    apply(then, resolve(result), [deliver, fail]);
  } catch (error) {
    fail(error);
  }
};

/** Where the calls of a session begin. */
class EntrypointTarget extends Hook {
  constructor(name, props, id) {
    super();
    this.open = () => open(name, props, id);
    this.opened = null;
  }

  send(path, packed) {
    try {
      this.opened ??= this.open();
    } catch (error) {
      if (packed !== null) internals.pack.drop(packed);
      return new FailedHook(error);
    }
    const { target, context } = this.opened;
    const done = [];
    const result = isInstance(target) ? perform(target, path, packed, done) : callHandlers(target, context, path, packed, done);
    return new ResultHook(result, done);
  }
}

/** Calls a method of an exported object: with exactly one argument, and `env` and the context after that. */
async function callHandlers(target, context, path, packed, done) {
  const [name] = path;
  checkName(name);
  if (packed === null || path.length > 1 || !hasOwn(target, name)) return perform(target, path, packed, done);
  const method = target[name];
  if (typeof method !== "function") throw new NativeTypeError(`"${name}" is not a function.`);
  const { value: values, dispose } = internals.pack.unpack(packed);
  if (dispose !== null) done.push(dispose);
  // Which of the two it is, the original says in this order.
  if (method.length !== 3 && values.length === 1) {
    throw new NativeTypeError(
      `Cannot call handler function "${name}" over RPC because it has the wrong number of arguments. A simple function handler can only be called over RPC if it has exactly the arguments (arg, env, ctx), where only the first argument comes from the client. To support multi-argument RPC functions, use class-based syntax (extending WorkerEntrypoint) instead.`,
    );
  }
  if (values.length !== 1) {
    throw new NativeTypeError(
      `Attempted to call RPC function "${name}" with the wrong number of arguments. When calling a top-level handler function that is not declared as part of a class, you must always send exactly one argument. In order to support variable numbers of arguments, the server must use class-based syntax (extending WorkerEntrypoint) instead.`,
    );
  }
  return apply(method, target, [values[0], env, context]);
}

function checkName(name) {
  if (RESERVED.includes(name)) throw new NativeTypeError(`'${name}' is a reserved method and cannot be called over RPC.`);
}

/** Serves the calls that arrive in a session for an entry point. */
internals.acceptCalls = (session, id, name, props) => {
  internals.rpc.serve(session, new EntrypointTarget(name, props, id));
};

internals.setEntrypoints = (exports) => {
  namespace = exports;
  internals.workers.setExports(exported());
};

internals.pack.defineBinding("assets", ({ program }) => internals.assets(program));
internals.pack.defineBinding("service", ({ script, entrypoint, props }) => internals.service(script, entrypoint, props));

internals.entrypoints = {
  isInstance,
  checkName,
  ExecutionContext,
  handle,
  open,
  /** An export of the program, such as a class of objects. */
  exported: (name) => namespace[name],
  setEnv(given) {
    env = given;
  },
  env: () => env,
};
