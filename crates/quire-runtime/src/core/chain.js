// Runs a request through its handlers: the context that each gets, `next()`, and what becomes of the result.
// https://developers.cloudflare.com/pages/functions/api-reference/

const { body: bodies, request: requests, response: responses } = internals;
const { apply } = Reflect;
const { isArray } = Array;
const { create: createObject } = Object;
const { push } = Array.prototype;
const { then } = Promise.prototype;
const resolve = Promise.resolve.bind(Promise);
const reject = Promise.reject.bind(Promise);

/** By number: the handlers of a chain, one entry each. */
const chains = [];
/** What the program registered: handlers by file and export. */
const handlers = new Map();
let env = {};

internals.register = (entries) => {
  for (const [file, name, value] of entries) handlers.set(`${file}\n${name}`, value);
};

internals.setEnv = (bindings) => {
  env = bindings;
};

/**
 * Defines a chain: `steps` is JSON, an array of { file, export, params: [[name, catchAll], …], functionPath }. A step is one
 * exported value; an exported array of functions makes several entries with the same params. The function path is that of
 * requests which bring no other one, nor values of params.
 */
internals.defineChain = (number, steps) => {
  const entries = [];
  // The first value is the URL.
  let position = 1;
  for (const { file, export: name, params, functionPath } of JSON.parse(steps)) {
    const value = handlers.get(`${file}\n${name}`);
    for (const handler of isArray(value) ? value : [value]) {
      apply(push, entries, [{ handler, params, position, functionPath }]);
    }
    position += 1 + params.length;
  }
  chains[number] = entries;
};

/** The params of an entry; the values start after the entry's function path. */
function readParams({ params, position }, values) {
  const object = createObject(null);
  if (values === null) return object;
  for (let i = 0; i < params.length; i++) {
    const value = values[position + 1 + i];
    if (value === "") continue;
    const [name, catchAll] = params[i];
    object[name] = catchAll ? value.split("/") : value;
  }
  return object;
}

/** One request on its way through a chain. */
class Run {
  /** `values` holds a function path and the values of params for each step, behind the URL; `null` if the entries have it all. */
  constructor(entries, id, method, body, url, values) {
    this.entries = entries;
    this.id = id;
    this.values = values;
    this.position = 0;
    this.data = {};
    this.passThrough = false;
    this.state = requests.arrived(id, method, url);
    /** What the handlers share of the request's body: several may read it. Held until the last one has its copy. */
    this.body = body === 0 ? null : bodies.share(body);
    /** The current request once a handler replaced it; until then it is made when needed. */
    this.request = null;
  }

  /** A copy of the current request. */
  cloneRequest() {
    if (this.request !== null) return this.request.clone();
    return requests.create(this.state.copy(), this.body === null ? null : bodies.shared(this.body));
  }

  currentRequest() {
    return (this.request ??= requests.create(this.state, this.body === null ? null : bodies.shared(this.body)));
  }

  /** Calls the next handler, or fetches the asset when there is none. May throw; may give a promise. */
  step() {
    const entry = this.entries[this.position];
    if (entry === undefined) return env.ASSETS.fetch(this.currentRequest());
    this.position++;
    if (this.position === this.entries.length && this.body !== null) bodies.release(this.body);
    const { handler } = entry;
    if (typeof handler !== "function") throw new TypeError("handler is not a function");
    return handler(this.context(entry));
  }

  context(entry) {
    const run = this;
    return {
      request: this.cloneRequest(),
      functionPath: this.values === null ? entry.functionPath : this.values[entry.position],
      next: (input, init) => run.next(input, init),
      params: readParams(entry, this.values),
      get data() {
        return run.data;
      },
      set data(value) {
        if (typeof value !== "object" || value === null) throw new Error("context.data must be an object");
        run.data = value;
      },
      env,
      waitUntil: (promise) => waitUntil(run.id, promise),
      passThroughOnException: () => {
        run.passThrough = true;
      },
    };
  }

  /** Not an async function: that would cost each middleware two more turns of the job queue. */
  next(input, init) {
    try {
      if (input !== undefined) {
        const url = typeof input === "string" ? new URL(input, this.currentRequest().url).toString() : input;
        this.request = new Request(url, init);
      }
      const result = this.step();
      if (responses.isResponse(result)) return resolve(responses.mutable(result));
      return apply(then, resolve(result), [mutableResponse]);
    } catch (error) {
      return reject(error);
    }
  }

  deliver(result) {
    try {
      responses.send(this.id, checkResponse(result));
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error) {
    if (!this.passThrough) return reportFailure(this.id, error);
    this.passThrough = false;
    const asset = env.ASSETS.fetch(this.currentRequest());
    apply(then, asset, [(response) => this.deliver(response), (failure) => reportFailure(this.id, failure)]);
  }
}

const mutableResponse = (result) => responses.mutable(checkResponse(result));

function checkResponse(result) {
  if (responses.isResponse(result)) return result;
  throw new Error("Your Pages function should return a Response");
}

/** Fails request `id`; `thrown` is for the program that called, if one did. */
function reportFailure(id, error, thrown = null) {
  const isError = Error.isError(error) || (typeof error === "object" && error !== null && typeof error.stack === "string");
  let message, stack = null;
  try {
    message = isError ? `${error.name}: ${error.message}` : `Error: ${String(error)}`;
    if (isError) stack = `${error.stack}`;
  } catch {
    message = "Error: a value was thrown that cannot be turned into text";
  }
  ops.respond_failure(id, message, stack, thrown);
}
internals.reportFailure = reportFailure;

function waitUntil(id, promise) {
  ops.wait_begin(id);
  const failed = (error) => {
    internals.logError("Uncaught (in promise)", error);
    ops.wait_end(id);
  };
  apply(then, resolve(promise), [() => ops.wait_end(id), failed]);
}
internals.waitUntil = waitUntil;

/**
 * Runs a request through chain `number`. `body` is the number of its native body, or 0; `text` its URL, behind which, if there are
 * `hasValues`, come for each step its function path and the values of its params, absent ones empty, a line each.
 */
internals.dispatch = (number, id, method, body, hasValues, text) => {
  const values = hasValues ? text.split("\n") : null;
  const run = new Run(chains[number], id, method, body, values === null ? text : values[0], values);
  let result;
  try {
    result = run.step();
    if (!responses.isResponse(result)) result = resolve(result);
  } catch (error) {
    return run.fail(error);
  }
  if (responses.isResponse(result)) return run.deliver(result);
  apply(then, result, [(response) => run.deliver(response), (error) => run.fail(error)]);
};
