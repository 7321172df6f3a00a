// Request: https://fetch.spec.whatwg.org/#request-class, with the rules of Workers (see README.md).
//
// A request that arrived from a client starts as a number and its URL: the headers are fetched from the native
// side when they are first touched, once for all copies of it.

const { apply } = Reflect;
const { body: bodies, headers: headerLists } = internals;
const { toUpperCase } = String.prototype;

/** In the order of `METHODS` in core/runtime.rs. */
const METHODS = [
  "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PURGE", "COPY", "LOCK", "MKCOL", "MOVE", "PROPFIND",
  "PROPPATCH", "SEARCH", "UNLOCK", "ACL", "REPORT", "MKACTIVITY", "CHECKOUT", "MERGE", "MSEARCH", "NOTIFY", "SUBSCRIBE",
  "UNSUBSCRIBE", "QUERY", "BAN",
];
/** Those that the standard knows in lower case too. */
const METHODS_OF_ANY_CASE = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"];

/** What the copies of an arrived request have in common. */
class Arrival {
  #id;
  /** For a request of another program: { cf }, JSON or `null`. */
  #call;
  #lines = null;
  #signal = null;

  constructor(id, url, call) {
    this.#id = id;
    this.url = url;
    this.#call = call;
  }

  headerList() {
    this.#lines ??= ops.request_headers(this.#id);
    return this.#lines === "" ? [] : this.#lines.split("\n");
  }

  /** A new object for `request.cf`: the placeholder of a machine that is no edge, and what the client accepts. */
  makeCf() {
    if (this.#call !== undefined) return this.#call.cf === null ? undefined : JSON.parse(this.#call.cf);
    return { ...JSON.parse(ops.request_cf()), clientAcceptEncoding: ops.request_accept_encoding(this.#id) };
  }

  /** The signal that says that the client has gone, for programs that asked for that. */
  get signal() {
    if (this.#signal === null) {
      const signal = (this.#signal = internals.abort.createSignal());
      if (internals.compatibility.enable_request_signal) {
        ops.request_departure(this.#id, () => {
          internals.abort.signalAbort(signal, internals.domException("AbortError", "The client has disconnected"));
        });
      }
    }
    return this.#signal;
  }
}

function normaliseMethod(method) {
  method = `${method}`;
  if (METHODS.includes(method)) return method;
  const upper = apply(toUpperCase, method, []);
  const methods = internals.compatibility.upper_case_all_http_methods ? METHODS : METHODS_OF_ANY_CASE;
  if (methods.includes(upper)) return upper;
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
  throw new TypeError('Invalid redirect value, must be one of "follow" or "manual" ("error" won\'t be implemented since it does not make sense at the edge; use "manual" and check the response status code).');
}

function cacheMode(value) {
  const { cache_option_enabled, cache_no_cache_enabled, cache_reload_enabled } = internals.compatibility;
  if (!cache_option_enabled) {
    throw new Error("The 'cache' field on 'RequestInitializerDict' is not implemented.");
  }
  value = `${value}`;
  if (value === "no-store" || (value === "no-cache" && cache_no_cache_enabled)) return value;
  if (value === "reload" && cache_reload_enabled) return value;
  throw new TypeError(`Unsupported cache mode: ${value}`);
}

function encodingMode(value) {
  value = `${value}`;
  if (value === "automatic" || value === "manual") return value;
  throw new TypeError(`encodeResponseBody: unexpected value: ${value}`);
}

const wrongType = (field, type) =>
  new TypeError(`Incorrect type for the '${field}' field on 'RequestInitializerDict': the provided value is not of type '${type}'.`);

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
  /** "manual" for a response whose bytes are not to be decoded. */
  encodeResponseBody = "automatic";

  copy() {
    const state = new State();
    state.method = this.method;
    state.url = this.url;
    state.arrival = this.arrival;
    if (this.headers !== null) state.headers = headerLists.copy(this.headers);
    state.redirect = this.redirect;
    state.signal = this.signal;
    if (this.cf !== undefined) state.cf = internals.copyCf(this.cf);
    state.cache = this.cache;
    state.fetcher = this.fetcher;
    state.encodeResponseBody = this.encodeResponseBody;
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
    if (arguments.length === 0) {
      throw new TypeError("Failed to construct 'Request': constructor parameter 1 is not of type 'Request or string'.");
    }
    if (init !== undefined && init !== null && typeof init !== "object" && typeof init !== "function") {
      throw new TypeError("Failed to construct 'Request': constructor parameter 2 is not of type 'RequestInitializerDict or Request'.");
    }
    const source = isRequest(input) ? input : null;
    if (source === null) {
      this.#state = new State();
      this.#state.url = parseUrl(`${input}`);
    } else {
      this.#state = source.#state.copy();
    }
    const body = init?.body;
    if (init !== undefined && init !== null) this.#apply(init);
    let content = null;
    if (body !== undefined) {
      content = bodies.extract(body);
    } else if (source !== null) {
      content = bodies.content(source);
      if (bodies.isUsed(content)) throw new TypeError("Cannot reconstruct a Request with a used body.");
    }
    if (content === null) return;
    const { method } = this.#state;
    if (method === "GET" || method === "HEAD") {
      // A client's GET may well have a body; it is only not made with one.
      if (body !== undefined || source.#state.method !== method) {
        throw new TypeError("Request with a GET or HEAD method cannot have a body.");
      }
    }
    if (body === undefined) {
      content = bodies.transfer(content);
    } else if (content.contentType !== null) {
      const list = headerLists.list(this.headers);
      if (!headerLists.has(list, "content-type")) headerLists.set(list, "content-type", content.contentType);
    }
    bodies.setContent(this, content);
  }

  /** Takes over the members of an initialiser, all but the body. */
  #apply(init) {
    const state = this.#state;
    // The members are read in the order of their names, as for any dictionary.
    const { cache, cf, encodeResponseBody, fetcher, headers, integrity, method, redirect, signal } = init;
    if (cache !== undefined) state.cache = cacheMode(cache);
    if (cf !== undefined) {
      if ((typeof cf !== "object" && typeof cf !== "function") || cf === null) throw wrongType("cf", "Object");
      state.cf = internals.copyCf(cf);
    }
    if (encodeResponseBody !== undefined) state.encodeResponseBody = encodingMode(encodeResponseBody);
    if (fetcher !== undefined) {
      if (fetcher !== null && !internals.fetch.isFetcher(fetcher)) throw wrongType("fetcher", "Fetcher");
      state.fetcher = fetcher;
    }
    if (integrity !== undefined && `${integrity}` !== "") {
      throw new TypeError("Subrequest integrity checking is not implemented. The integrity option must be either undefined or an empty string.");
    }
    if (method !== undefined) state.method = normaliseMethod(method);
    if (redirect !== undefined) state.redirect = redirectMode(redirect);
    if (signal !== undefined) {
      if (signal !== null && !internals.abort.isAbortSignal(signal)) throw wrongType("signal", "AbortSignal");
      state.signal = signal === null ? internals.abort.createSignal() : signal;
    }
    if (headers !== undefined) {
      if ((typeof headers !== "object" && typeof headers !== "function") || headers === null) {
        throw wrongType("headers", "Headers or Sequence or object");
      }
      const list = [];
      headerLists.fill(list, headers);
      state.headers = headerLists.create(list, false);
    }
  }

  clone() {
    const state = stateOf(this);
    const content = bodies.cloneContent(bodies.content(this));
    return createRequest(state.copy(), content);
  }

  get method() {
    return stateOf(this).method;
  }

  get url() {
    const state = stateOf(this);
    if (state.url === null) {
      state.url = state.arrival.url;
      internals.url.remember(state.url);
    }
    return state.url;
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
    if (state.signal !== null) return state.signal;
    // Not kept with the request: what is fetched with it goes on when the client has gone.
    if (state.arrival !== null) return state.arrival.signal;
    return (state.signal = internals.abort.createSignal());
  }

  get cf() {
    const state = stateOf(this);
    if (state.cf === undefined && state.arrival !== null) state.cf = state.arrival.makeCf();
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
}

internals.defineClass(Request, "Request");
internals.expose("Request", Request);
internals.structuredClone.register(Request, (request) => {
  if (bodies.content(request) !== null) throw internals.body.uncloneable();
  if (stateOf(request).signal !== null) {
    throw internals.domException("DataCloneError", "AbortSignal serialization is not enabled.");
  }
  return createRequest(stateOf(request).copy(), null);
});
internals.request = {
  METHODS,
  isRequest,
  state: stateOf,
  create: createRequest,
  /** The state of a request that arrived, from a client or from another program: `call` then is { cf }, as JSON or `null`. */
  arrived(id, method, url, call = undefined) {
    const state = new State();
    state.method = METHODS[method];
    state.arrival = new Arrival(id, url, call);
    state.redirect = "manual";
    return state;
  },
};
