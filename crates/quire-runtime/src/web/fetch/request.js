// Request: https://fetch.spec.whatwg.org/#request-class, with the rules of Workers (see README.md).
//
// A request that arrived from a client starts as a number: its URL and headers are fetched from the native
// side when they are first touched, once for all copies of it.

const { apply } = Reflect;
const { body: bodies, headers: headerLists } = internals;
const { toUpperCase } = String.prototype;

const METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"];
const CACHE_MODES = ["no-store", "no-cache"];

/** What the copies of an arrived request have in common. */
class Arrival {
  #id;
  #url = null;
  #lines = null;
  #cf = null;

  constructor(id) {
    this.#id = id;
  }

  get url() {
    return (this.#url ??= ops.request_url(this.#id));
  }

  headerList() {
    this.#lines ??= ops.request_headers(this.#id);
    return this.#lines === "" ? [] : this.#lines.split("\n");
  }

  /** What `request.cf` says: the placeholder of a machine that is no edge, and what the client accepts. */
  get cf() {
    this.#cf ??= { ...JSON.parse(ops.request_cf()), clientAcceptEncoding: ops.request_accept_encoding(this.#id) };
    return this.#cf;
  }
}

function normaliseMethod(method) {
  method = `${method}`;
  if (METHODS.includes(method)) return method;
  const upper = apply(toUpperCase, method, []);
  if (METHODS.includes(upper)) return upper;
  throw new TypeError(`Invalid HTTP method string: ${method}`);
}

function parseUrl(input) {
  const href = internals.url.parse(input);
  if (href === null) throw new TypeError(`Invalid URL: ${input}`);
  return href;
}

function redirectMode(value) {
  value = `${value}`;
  if (value === "follow" || value === "manual") return value;
  if (value === "error") {
    throw new TypeError("Invalid redirect value, must be one of \"follow\" or \"manual\" (\"error\" won't be implemented since it does not make sense at the edge; use \"manual\" and check the response status code).");
  }
  throw new TypeError(`Invalid redirect value, must be one of "follow" or "manual".`);
}

function cacheMode(value) {
  if (value === undefined || value === null) return undefined;
  value = `${value}`;
  if (CACHE_MODES.includes(value)) return value;
  throw new TypeError(`Unsupported cache mode: ${value}`);
}

let stateOf, createRequest, isRequest;

class State {
  method = "GET";
  url = null;
  arrival = null;
  headers = null;
  redirect = "follow";
  signal = null;
  cf = undefined;
  cache = undefined;
  fetcher = null;

  copy() {
    const state = new State();
    state.method = this.method;
    state.url = this.url;
    state.arrival = this.arrival;
    if (this.headers !== null) state.headers = headerLists.create(headerLists.list(this.headers).slice(), false);
    state.redirect = this.redirect;
    state.signal = this.signal;
    state.cf = this.cf;
    state.cache = this.cache;
    state.fetcher = this.fetcher;
    return state;
  }
}

const FROM_STATE = Symbol("from state");

class Request extends bodies.Body {
  #state;

  static {
    isRequest = (value) => typeof value === "object" && value !== null && #state in value;
    stateOf = (request) => {
      if (!isRequest(request)) throw internals.illegalInvocation();
      return request.#state;
    };
    createRequest = (state, content) => {
      const request = new Request(FROM_STATE, state);
      if (content !== null) bodies.setContent(request, content);
      return request;
    };
  }

  constructor(input, init = undefined) {
    super();
    if (input === FROM_STATE) {
      this.#state = init;
      return;
    }
    if (arguments.length === 0) throw new TypeError("Request is made from a URL or a Request.");
    let state, content = null;
    if (isRequest(input)) {
      state = input.#state.copy();
      const given = bodies.content(input);
      if (init?.body === undefined || init?.body === null) {
        if (given !== null && bodies.isUsed(given)) {
          throw new TypeError("Cannot reconstruct a Request with a used body.");
        }
        if (init?.body !== null) content = bodies.transfer(given);
      }
      if (state.cf !== undefined) state.cf = structuredClone(state.cf);
    } else {
      state = new State();
      state.url = parseUrl(`${input}`);
    }
    this.#state = state;
    if (init !== undefined && init !== null) content = this.#apply(init, content);
    if (content !== null) bodies.setContent(this, content);
  }

  #apply(init, content) {
    if (typeof init !== "object" && typeof init !== "function") {
      throw new TypeError("The second argument of Request must be an object.");
    }
    const state = this.#state;
    // The members are read in the order of their names, as for any dictionary.
    const { body, cache, cf, fetcher, headers, integrity, method, redirect, signal } = init;
    if (cache !== undefined) state.cache = cacheMode(cache);
    if (cf !== undefined && cf !== null) state.cf = structuredClone(cf);
    if (fetcher !== undefined) state.fetcher = fetcher;
    if (integrity !== undefined && `${integrity}` !== "") {
      throw new TypeError("Subrequest integrity checking is not implemented. The integrity option must be either undefined or an empty string.");
    }
    if (method !== undefined) state.method = normaliseMethod(method);
    if (redirect !== undefined) state.redirect = redirectMode(redirect);
    if (signal !== undefined) {
      if (signal !== null && !(signal instanceof AbortSignal)) {
        throw new TypeError("The signal of a Request must be an AbortSignal.");
      }
      state.signal = signal;
    }
    if (headers !== undefined) {
      const list = [];
      headerLists.fill(list, headers);
      state.headers = headerLists.create(list, false);
    }
    if (body !== undefined) {
      if (body !== null && (state.method === "GET" || state.method === "HEAD")) {
        throw new TypeError("Request with a GET or HEAD method cannot have a body.");
      }
      content = bodies.extract(body);
      if (content !== null && content.contentType !== null) {
        const list = headerLists.list(this.headers);
        if (!headerLists.has(list, "content-type")) headerLists.set(list, "content-type", content.contentType);
      }
    }
    return content;
  }

  get method() {
    return stateOf(this).method;
  }

  get url() {
    const state = stateOf(this);
    return (state.url ??= state.arrival.url);
  }

  get headers() {
    const state = stateOf(this);
    return (state.headers ??= headerLists.create(state.arrival === null ? [] : state.arrival.headerList(), false));
  }

  get redirect() {
    return stateOf(this).redirect;
  }

  get fetcher() {
    return stateOf(this).fetcher;
  }

  get signal() {
    const state = stateOf(this);
    return (state.signal ??= internals.abort.createSignal());
  }

  get cf() {
    const state = stateOf(this);
    if (state.cf === undefined && state.arrival !== null) state.cf = state.arrival.cf;
    return state.cf;
  }

  get integrity() {
    stateOf(this);
    return "";
  }

  get keepalive() {
    stateOf(this);
    return false;
  }

  get cache() {
    return stateOf(this).cache;
  }

  clone() {
    const state = stateOf(this);
    const content = bodies.content(this);
    return createRequest(state.copy(), bodies.cloneContent(content));
  }

  [internals.inspect](depth, inspect) {
    const { method, url, headers, redirect, cf, signal } = this;
    return `Request ${inspect({ method, url, headers, redirect, signal, cf, integrity: "", keepalive: false, body: this.body })}`;
  }
}

internals.defineClass(Request, "Request");
internals.expose("Request", Request);
internals.request = {
  METHODS,
  isRequest,
  state: stateOf,
  create: createRequest,
  /** The state of a request that arrived from a client. */
  arrived(id, method) {
    const state = new State();
    state.method = METHODS[method];
    state.arrival = new Arrival(id);
    state.redirect = "manual";
    return state;
  },
};
