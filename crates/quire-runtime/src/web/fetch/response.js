// Response: https://fetch.spec.whatwg.org/#response-class, with the rules of Workers (see README.md).

const { apply } = Reflect;
const { test: regExpTest } = RegExp.prototype;
const { body: bodies, headers: headerLists } = internals;

const NULL_BODY_STATUSES = [101, 204, 205, 304];
const REDIRECT_STATUSES = [301, 302, 303, 307, 308];
const NO_HEADERS = [];
/** Bodies up to this length are handed over in one string with the head. */
const INLINE_MAX = 4096;
const STATUS_TEXT_INVALID = /[\0-\x1f]/;

class State {
  status = 200;
  statusText = "";
  headers = null;
  type = "default";
  url = "";
  redirected = false;
  cf = undefined;
  webSocket = null;
  /** Whether the body's bytes are already encoded as `Content-Encoding` says. */
  encodedByProgram = false;
}

function headersOf(state) {
  return (state.headers ??= headerLists.create([], false));
}

function setDefaultType(state, type) {
  if (state.headers === null) {
    state.headers = headerLists.create(["content-type", type], false);
    return;
  }
  const list = headerLists.list(state.headers);
  if (!headerLists.has(list, "content-type")) list.push("content-type", type);
}

let stateOf, createResponse, isResponse;
const FROM_STATE = Symbol("from state");

class Response extends bodies.Body {
  #state;

  static {
    isResponse = (value) => typeof value === "object" && value !== null && #state in value;
    stateOf = (response) => {
      if (!isResponse(response)) throw internals.illegalInvocation();
      return response.#state;
    };
    createResponse = (state, content) => {
      const response = new Response(FROM_STATE, state);
      if (content !== null) bodies.setContent(response, content);
      return response;
    };
  }

  constructor(body = undefined, init = undefined) {
    super();
    if (body === FROM_STATE) {
      this.#state = init;
      return;
    }
    const state = (this.#state = new State());
    if (init !== undefined && init !== null) readInit(state, init);
    const content = bodies.extract(body, true);
    if (content === null || isNullBody(state, content)) return;
    if (content.contentType !== null) setDefaultType(state, content.contentType);
    bodies.setContent(this, content);
  }

  static error() {
    const state = new State();
    state.type = "error";
    state.status = 0;
    state.headers = headerLists.create([], true);
    return createResponse(state, null);
  }

  static redirect(url, status = 302) {
    if (arguments.length === 0) {
      throw new TypeError("Failed to execute 'redirect' on 'Response': parameter 1 is not of type 'string'.");
    }
    const href = internals.url.parse(`${url}`);
    if (href === null) throw new TypeError(`Unable to parse URL: ${url}`);
    status = Math.trunc(+status) || 0;
    if (!REDIRECT_STATUSES.includes(status)) {
      throw new RangeError(`${status} is not a redirect status code. It must be one of: 301, 302, 303, 307, or 308.`);
    }
    const state = new State();
    state.status = status;
    state.headers = headerLists.create(["location", href], true);
    return createResponse(state, null);
  }

  static json(data, init = undefined) {
    if (arguments.length === 0) {
      throw new TypeError("Failed to execute 'json' on 'Response': parameter 1 is not of type 'Value'.");
    }
    const state = new State();
    if (init !== undefined && init !== null) readInit(state, init);
    const text = JSON.stringify(data);
    const content = bodies.extract(text === undefined ? "undefined" : text);
    isNullBody(state, content);
    setDefaultType(state, "application/json");
    return createResponse(state, content);
  }

  clone() {
    if (stateOf(this).webSocket !== null) throw new TypeError("Cannot clone a response to a WebSocket handshake.");
    const state = copy(stateOf(this), true);
    return createResponse(state, bodies.cloneContent(bodies.content(this)));
  }

  get status() {
    return stateOf(this).status;
  }

  get statusText() {
    return stateOf(this).statusText;
  }

  get headers() {
    return headersOf(stateOf(this));
  }

  get ok() {
    const { status } = stateOf(this);
    return status >= 200 && status < 300;
  }

  get redirected() {
    return stateOf(this).redirected;
  }

  get url() {
    return stateOf(this).url;
  }

  get webSocket() {
    return stateOf(this).webSocket;
  }

  get cf() {
    return stateOf(this).cf;
  }

  get type() {
    return stateOf(this).type;
  }
}

/** Whether the status leaves no body, not even an empty one. Any other body is refused then. */
function isNullBody(state, content) {
  if (!NULL_BODY_STATUSES.includes(state.status)) return false;
  if (bodies.isEmpty(content)) return true;
  throw new TypeError("Response with null body status (101, 204, 205, or 304) cannot have a body.");
}

const wrongType = (field, type) =>
  new TypeError(`Incorrect type for the '${field}' field on 'InitializerDict': the provided value is not of type '${type}'.`);

function readInit(state, init) {
  if (typeof init !== "object" && typeof init !== "function") {
    throw new TypeError("Failed to construct 'Response': constructor parameter 2 is not of type 'InitializerDict or Response'.");
  }
  if (isResponse(init)) {
    const source = stateOf(init);
    state.status = source.status;
    state.statusText = source.statusText;
    if (source.cf !== undefined) state.cf = internals.copyCf(source.cf);
    state.webSocket = source.webSocket;
    state.encodedByProgram = source.encodedByProgram;
    const list = headerLists.list(headersOf(source));
    if (list.length > 0) state.headers = headerLists.create(list.slice(), false);
    checkStatus(state.status, state);
    return;
  }
  const { cf, encodeBody, headers, status, statusText, webSocket } = init;
  if (cf !== undefined) {
    if ((typeof cf !== "object" && typeof cf !== "function") || cf === null) throw wrongType("cf", "Object");
    state.cf = internals.copyCf(cf);
  }
  if (encodeBody !== undefined) {
    if (encodeBody !== "automatic" && encodeBody !== "manual") {
      throw new TypeError(`encodeBody: unexpected value: ${encodeBody}`);
    }
    state.encodedByProgram = encodeBody === "manual";
  }
  if (headers !== undefined) {
    if ((typeof headers !== "object" && typeof headers !== "function") || headers === null) {
      throw wrongType("headers", "Headers or Sequence or object");
    }
    const list = [];
    headerLists.fill(list, headers);
    state.headers = headerLists.create(list, false);
  }
  if (status !== undefined) state.status = Math.trunc(+status) || 0;
  if (statusText !== undefined) {
    state.statusText = `${statusText}`;
    if (apply(regExpTest, STATUS_TEXT_INVALID, [state.statusText])) throw new TypeError("Invalid statusText");
  }
  if (webSocket !== undefined && webSocket !== null) {
    if (!internals.webSocket.isWebSocket(webSocket)) throw wrongType("webSocket", "WebSocket");
    state.webSocket = webSocket;
  }
  checkStatus(state.status, state);
}

function checkStatus(status, { webSocket }) {
  if (status === 101 && webSocket) return;
  if (webSocket) {
    throw new RangeError("Responses with a WebSocket must have status code 101.");
  }
  if (status < 200 || status > 599) {
    throw new RangeError("Responses may only be constructed with status codes in the range 200 to 599, inclusive.");
  }
}

/** A copy of a response's state, with headers of its own: those of a clone are immutable if the original's are. */
function copy(source, isClone) {
  const state = new State();
  state.status = source.status;
  state.statusText = source.statusText;
  state.type = source.type;
  state.url = source.url;
  state.redirected = source.redirected;
  if (source.cf !== undefined) state.cf = internals.copyCf(source.cf);
  state.webSocket = source.webSocket;
  state.encodedByProgram = source.encodedByProgram;
  const { headers } = source;
  if (headers !== null) {
    state.headers = isClone ? headerLists.copy(headers) : headerLists.create(headerLists.list(headers).slice(), false);
  }
  return state;
}

internals.defineClass(Response, "Response");
internals.expose("Response", Response);
internals.structuredClone.register(Response, (response) => {
  if (bodies.content(response) !== null) throw bodies.uncloneable();
  return createResponse(copy(stateOf(response), true), null);
});
internals.response = {
  State,
  isResponse,
  state: stateOf,
  create: createResponse,
  /**
   * What `next()` gives: the same response with headers that can be changed. Throws as the constructor
   * would for a status that no response can be made with.
   */
  mutable(response) {
    const source = stateOf(response);
    checkStatus(source.status, source);
    const state = copy(source, false);
    state.type = "default";
    state.url = "";
    state.redirected = false;
    const content = NULL_BODY_STATUSES.includes(source.status) ? null : bodies.content(response);
    bodies.checkUnused(content);
    return createResponse(state, content);
  },
  /** Sends a response to the client of request `id`; uses its body up. */
  send(id, response) {
    const state = stateOf(response);
    checkStatus(state.status, state);
    const content = bodies.content(response);
    const list = state.headers === null ? NO_HEADERS : headerLists.list(state.headers);
    const { length } = list;
    let head = `${id}\n${state.status}\n${state.encodedByProgram ? "manual" : ""}\n${state.statusText}\n${length}`;
    for (let i = 0; i < length; i++) head += `\n${list[i]}`;
    const socket = state.webSocket === null ? null : internals.webSocket.release(state.webSocket);
    const body = bodies.send(content);
    if (socket === null && typeof body === "string" && body.length <= INLINE_MAX) ops.respond(`${head}\n${body}`);
    else ops.respond(head, body, socket);
  },
};
