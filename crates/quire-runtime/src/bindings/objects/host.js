// The live objects of this program: what the native host has them do. See host/instance.rs.

const { body: bodies, request: requests, response: responses, objects } = internals;
const { apply } = Reflect;
const { then } = Promise.prototype;
const resolve = Promise.resolve.bind(Promise);
const reject = Promise.reject.bind(Promise);
const NativeError = Error;
const NativeTypeError = TypeError;

/** By the numbers of their contexts: the live objects, `null` while they are constructed. */
const live = new Map();

const messageOf = (thrown) => {
  try {
    return `${thrown?.message ?? thrown}`;
  } catch {
    return "a value was thrown that cannot be turned into text";
  }
};

/** What callers get for something that was thrown: an error, unless it is an object. */
const packed = (thrown) => internals.thrown.pack(typeof thrown === "object" && thrown !== null ? thrown : new NativeError(messageOf(thrown)));

/** Ends an object for what was thrown. `reset`: it had been made before. `retryAlarm`: a run of its alarm that this interrupts is made again. */
objects.end = (instance, thrown, reset, retryAlarm = true) => {
  ops.object_end(instance, messageOf(thrown), packed(thrown), reset, retryAlarm);
};

/** The critical section that runs, if the request is an object's; else 0. */
objects.section = (request) => (live.has(request) ? ops.object_section(request) : 0);

/** A promise of when what began in that section may go on; nothing if it may now. */
objects.admission = (request, section) => (objects.section(request) > section ? ops.object_admission(request, section) : undefined);

/** Makes an object. `hasStorage` is 1 if its state is kept. */
objects.construct = (instance, className, id, name, program, hasStorage) => {
  try {
    const Class = internals.entrypoints.exported(className);
    if (typeof Class !== "function") {
      throw new NativeError(`The program "${program}" exports no class "${className}", of which a Durable Object was asked for.`);
    }
    const storage = hasStorage === 1 ? objects.storage(instance, Class) : undefined;
    const state = objects.createState(instance, objects.createId(id, name ?? undefined), storage);
    live.set(instance, null);
    const object = new Class(state, internals.entrypoints.env());
    if (live.has(instance)) live.set(instance, object);
  } catch (error) {
    live.delete(instance);
    objects.end(instance, error, false);
  }
};

objects.evict = (instance) => {
  live.delete(instance);
  objects.forgetId(instance);
  objects.forgetSockets(instance);
};

function deliver(event, response) {
  if (!responses.isResponse(response)) {
    return fail(event, new NativeTypeError("Incorrect type for Promise: the Promise did not resolve to 'Response'."));
  }
  try {
    responses.send(event, response);
  } catch (error) {
    fail(event, error);
  }
}

function fail(event, error) {
  ops.respond_failure(event, messageOf(error), null, packed(error));
}

/** Has an object answer a request: `event` is its number, `body` that of its body or 0, `cf` JSON or `null`. */
objects.fetch = (instance, event, method, body, url, cf) => {
  const object = live.get(instance);
  let result;
  try {
    if (typeof object.fetch !== "function") throw new NativeError("Handler does not export a fetch() function.");
    const state = requests.arrived(event, method, url, { cf });
    result = object.fetch(requests.create(state, body === 0 ? null : bodies.native(body, null)));
  } catch (error) {
    return fail(event, error);
  }
  if (responses.isResponse(result)) return deliver(event, result);
  apply(then, resolve(result), [(response) => deliver(event, response), (error) => fail(event, error)]);
};

/** Calls a handler of an object, which lives at least as long as that takes. What it throws is logged. */
objects.handle = (instance, name, values, done = () => {}) => {
  const object = live.get(instance);
  if (typeof object?.[name] !== "function") return done(true);
  let promise;
  try {
    promise = resolve(apply(object[name], object, values));
  } catch (error) {
    promise = reject(error);
  }
  const failed = (error) => {
    done(false);
    throw error;
  };
  internals.waitUntil(instance, apply(then, promise, [() => done(true), failed]));
};

objects.alarm = (instance, scheduledTime, retryCount) => {
  const info = { scheduledTime, retryCount, isRetry: retryCount > 0 };
  objects.handle(instance, "alarm", [info], (succeeded) => {
    const isLast = ops.object_alarm_done(instance, succeeded);
    if (isLast) internals.logError("", new NativeError(`An alarm's handler failed ${retryCount + 1} times and is not run again.`));
  });
};

/** Serves the calls that arrive in a session. */
objects.session = (instance, session) => {
  internals.rpc.serve(session, new objects.Target(instance));
};

/** The object of an instance; `null` while it is constructed. */
objects.object = (instance) => live.get(instance);

// What calls are made of is there when programs are loaded.
internals.beforeProgram(() => {
  const { Hook, ResultHook, FailedHook, perform } = internals.rpc;

  /** Where the calls of a session begin. */
  objects.Target = class extends Hook {
    constructor(instance) {
      super();
      this.instance = instance;
    }

    send(path, packed) {
      const object = live.get(this.instance);
      if (!internals.entrypoints.isInstance(object)) {
        if (packed !== null) internals.pack.drop(packed);
        return new FailedHook(
          internals.rpc.callError(
            'The receiving Durable Object does not support RPC, because its class was not declared with `extends DurableObject`. In order to enable RPC, make sure your class extends the special class `DurableObject`, which can be imported from the module "cloudflare:workers".',
          ),
        );
      }
      const done = [];
      const result = perform(object, path, packed, done);
      return new ResultHook(result, done);
    }
  };
});
