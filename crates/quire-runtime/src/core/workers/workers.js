// cloudflare:workers, cloudflare:email and cloudflare:workflows. https://developers.cloudflare.com/workers/runtime-apis/
//
// Bindings extend what programs import: internals.workers.exports is the object behind `exports`.

const { apply } = Reflect;
const { defineProperty } = Object;
const { toString } = Object.prototype;
const NativeError = Error;
const NativeProxy = Proxy;
const NativeTypeError = TypeError;

/** Only the runtime makes the objects of such a class. */
function requireTag(ctx, tag, name) {
  if (apply(toString, ctx, []) !== `[object ${tag}]`) {
    throw new NativeTypeError(`Failed to construct '${name}': constructor parameter 1 is not of type '${tag}'.`);
  }
}

/** What an entry point of a program extends: `ctx` and `env` are its own properties. */
class WorkerEntrypoint {
  constructor(ctx, env) {
    this.ctx = ctx;
    this.env = env;
  }
}
class DurableObject {
  constructor(ctx, env) {
    requireTag(ctx, "DurableObjectState", "DurableObjectBase");
    this.ctx = ctx;
    this.env = env;
  }
}
class WorkflowEntrypoint {
  constructor(ctx, env) {
    requireTag(ctx, "ExecutionContext", "WorkflowEntrypoint");
    this.ctx = ctx;
    this.env = env;
  }
  async run() {
    throw new NativeError("run() of the workflow is not implemented");
  }
}
internals.defineClass(WorkerEntrypoint, "WorkerEntrypoint");
internals.defineClass(DurableObject, "DurableObject");
internals.defineClass(WorkflowEntrypoint, "WorkflowEntrypoint");
defineProperty(DurableObject.prototype, Symbol.toStringTag, { value: "DurableObjectBase", configurable: true });

/** An object that shows another one, which can be exchanged. */
function exchangeable(object) {
  let shown = object;
  const handler = {};
  // Programs that exchange it keep their asynchronous context; the others have none.
  const current = () => {
    const frame = internals.asyncContext?.frame();
    return frame?.get(handler) ?? shown;
  };
  for (const name of Object.getOwnPropertyNames(Reflect)) {
    handler[name] = (_, ...rest) => Reflect[name](current(), ...rest);
  }
  // Members are read and written with the object itself as receiver.
  handler.get = (_, name) => current()[name];
  handler.set = (_, name, value) => {
    current()[name] = value;
    return true;
  };
  return {
    view: new NativeProxy({}, handler),
    set(object) {
      shown = object;
    },
    /** Shows another object to `run` and whatever that calls or waits for. */
    during(object, run) {
      const context = internals.asyncContext ?? internals.node.require("internal/async-context");
      return context.runIn(new Map(context.frame()).set(handler, object), run, undefined, []);
    },
  };
}

const env = exchangeable({});
const exported = exchangeable({});

function replacement(value, what) {
  if (typeof value !== "object" || value === null) throw new NativeTypeError(`${what} must be an object`);
  return value;
}

class Span {
  get isTraced() {
    return false;
  }
  setAttribute() {
    return this;
  }
  end() {}
}
internals.defineClass(Span, "Span");

/** Spans are made so that programs run; nothing collects them. */
class Tracing {
  startSpan() {
    return new Span();
  }
  startActiveSpan(name, ...rest) {
    return apply(rest.at(-1), undefined, [new Span()]);
  }
  enterSpan(name, run, ...rest) {
    return apply(run, undefined, [new Span(), ...rest]);
  }
  withActiveSpan(span, run) {
    return apply(run, undefined, [span]);
  }
  getActiveSpan() {
    return undefined;
  }
  get Span() {
    return Span;
  }
}
internals.defineClass(Tracing, "Tracing");

const { RpcTarget, RpcStub, RpcPromise, RpcProperty, ServiceStub } = internals.rpc;

const tracing = new Tracing();

internals.workers = {
  tracing,
  WorkerEntrypoint,
  DurableObject,
  exports: exported.view,
  /** Sets what `exports` shows. */
  setExports: exported.set,
  /** Sets what `env` shows. */
  setEnv: env.set,
};

internals.defineModule("cloudflare:workers", {
  __proto__: null,
  WorkerEntrypoint,
  DurableObject,
  WorkflowEntrypoint,
  RpcTarget,
  RpcStub,
  RpcPromise,
  RpcProperty,
  ServiceStub,
  env: env.view,
  exports: exported.view,
  cache: {},
  tracing,
  waitUntil(promise) {
    internals.requireRequest();
    internals.waitUntil(internals.currentRequest(), promise);
  },
  withEnv: (value, run) => env.during(replacement(value, "The environment"), run),
  withExports: (value, run) => exported.during(replacement(value, "The exports"), run),
  withEnvAndExports: (value, exports, run) =>
    env.during(replacement(value, "The environment"), () => exported.during(replacement(exports, "The exports"), run)),
  abortIsolate(reason) {
    throw new NativeError(`abortIsolate() was called: ${reason === undefined ? "no reason was given" : String(reason)}`);
  },
  restore: Symbol("restore"),
});

class EmailMessage {
  #from;
  #to;
  constructor(from, to, raw) {
    if (arguments.length < 3) throw new NativeTypeError("EmailMessage takes a sender, a recipient and a message");
    this.#from = `${from}`;
    this.#to = `${to}`;
    defineProperty(this, "EmailMessage::raw", { value: raw, enumerable: false });
  }
  get from() {
    return this.#from;
  }
  get to() {
    return this.#to;
  }
}
internals.defineClass(EmailMessage, "EmailMessage");
internals.defineModule("cloudflare:email", { __proto__: null, EmailMessage });

class NonRetryableError extends NativeError {
  constructor(message, name = "NonRetryableError") {
    super(message);
    this.name = name;
  }
}
internals.defineModule("cloudflare:workflows", { __proto__: null, NonRetryableError });
