// WebSocket: https://websockets.spec.whatwg.org/, as Workers have it (see README.md). The native side queues messages; see channel.rs.

const { apply } = Reflect;
const { toWellFormed } = String.prototype;
const { test: regExpTest } = RegExp.prototype;
const { isView } = ArrayBuffer;
const { defineProperty } = Object;
const { Event, EventTarget, createMessageEvent, CloseEvent, ErrorEvent, dispatch } = internals.events;
const { URL } = internals.pristine;
const NativeTypeError = TypeError;
const NativeArrayBuffer = ArrayBuffer;
const NativeUint8Array = Uint8Array;

// Whose a socket is.
const CONNECTING = 0;
/** Neither accepted nor given away. */
const PENDING = 1;
const ACCEPTED = 2;
const RELEASED = 3;

// What `receive` is told; as in mod.rs.
const TEXT = 0;
const BINARY = 1;
const CLOSE = 2;

const NO_CODE = 1005;
const REASON_BYTES_MAX = 123;
const ATTACHMENT_BYTES_MAX = 16384;
const PROTOCOL = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

class State {
  constructor(owner, number) {
    this.owner = owner;
    /** The number of the native end; 0 before there is one. */
    this.number = owner === PENDING ? number : 0;
    this.url = null;
    this.protocol = "";
    this.extensions = "";
    this.binaryType = internals.compatibility.websocket_standard_binary_type ? "blob" : "arraybuffer";
    this.halfOpen = !internals.compatibility.web_socket_auto_reply_to_close;
    this.closedIncoming = false;
    this.closedOutgoing = false;
    /** Nothing that is sent arrives any more. */
    this.aborted = false;
    this.failed = false;
    /** Bytes; `undefined` if they are to be asked for. */
    this.attachment = null;
    /** The number of the Durable Object's instance that gets the events, if the socket may outlive it. */
    this.hibernating = 0;
    /** Of the request that asks for the connection, while it does. */
    this.connecting = 0;
  }
}

const FROM_NATIVE = Symbol("from native");
const notAccepted = () =>
  new NativeTypeError("You must call one of accept() or state.acceptWebSocket() on this WebSocket before sending messages.");
const syntaxError = (message) => internals.domException("SyntaxError", `WebSocket Constructor: ${message}`);

let stateOf, isWebSocket;

class WebSocket extends EventTarget {
  #state;

  static {
    isWebSocket = (value) => typeof value === "object" && value !== null && #state in value;
    stateOf = (socket) => {
      if (!isWebSocket(socket)) throw internals.illegalInvocation();
      return socket.#state;
    };
  }

  constructor(url, protocols = undefined) {
    if (url === FROM_NATIVE) {
      super();
      this.#state = protocols;
      return;
    }
    if (arguments.length === 0) {
      throw new NativeTypeError("Failed to construct 'WebSocket': constructor parameter 1 is not of type 'string'.");
    }
    ops.websocket_check();
    const text = `${url}`;
    const target = connectUrl(text);
    const header = protocolHeader(protocols);
    super();
    this.#state = new State(CONNECTING, 0);
    this.#state.url = text;
    connect(this, this.#state, target, header);
  }

  accept(options = undefined) {
    const state = stateOf(this);
    if (state.owner === CONNECTING) {
      throw new NativeTypeError("Websockets obtained from the 'new WebSocket()' constructor cannot call accept");
    }
    if (state.owner === RELEASED) throw new NativeTypeError("Can't accept() WebSocket that was already used in a response.");
    if (state.hibernating !== 0) throw new NativeTypeError("Can't accept() WebSocket after enabling hibernation.");
    if (state.owner === ACCEPTED) return;
    const halfOpen = options?.allowHalfOpen;
    if (halfOpen !== undefined) state.halfOpen = Boolean(halfOpen);
    accept(this, state);
  }

  send(message) {
    const state = stateOf(this);
    if (arguments.length === 0) {
      throw new NativeTypeError("Failed to execute 'send' on 'WebSocket': parameter 1 is not of type 'ArrayBuffer or ArrayBufferView or string'.");
    }
    const isBytes = typeof message === "object" && message !== null && (isView(message) || message instanceof NativeArrayBuffer);
    // The engine's C interface does not know every kind of view.
    const isOther = isBytes && isView(message) && !(message instanceof NativeUint8Array);
    const bytes = isOther ? new NativeUint8Array(message.buffer, message.byteOffset, message.byteLength) : message;
    const data = isBytes ? bytes : apply(toWellFormed, `${message}`, []);
    if (state.closedOutgoing) throw new NativeTypeError("Can't call WebSocket send() after close().");
    if (state.aborted || state.owner === RELEASED) return;
    if (state.owner !== ACCEPTED) throw notAccepted();
    if (!ops.websocket_send(state.number, data)) state.aborted = true;
  }

  close(code = undefined, reason = undefined) {
    const state = stateOf(this);
    if (code !== undefined) {
      code = toInt32(code);
      if (!isCloseCode(code)) {
        throw internals.domException("InvalidAccessError", `Invalid WebSocket close code: ${code}.`);
      }
    }
    if (reason !== undefined) {
      reason = apply(toWellFormed, `${reason}`, []);
      if (internals.encoding.encodeUtf8(reason).byteLength > REASON_BYTES_MAX && internals.compatibility.websocket_close_reason_byte_limit) {
        throw internals.domException("SyntaxError", "WebSocket close reason must not be longer than 123 bytes when UTF-8 encoded.");
      }
      if (code === undefined) {
        throw internals.domException("InvalidAccessError", "If you specify a WebSocket close reason, you must also specify a code.");
      }
    }
    if (state.owner === CONNECTING) {
      cancelConnecting(this, state);
      return;
    }
    if (state.closedOutgoing || state.aborted || state.owner === RELEASED) return;
    if (state.owner !== ACCEPTED) throw notAccepted();
    close(state, code ?? NO_CODE, reason ?? "");
  }

  serializeAttachment(attachment = undefined) {
    const state = stateOf(this);
    if (arguments.length === 0) throw new NativeTypeError("Failed to execute 'serializeAttachment' on 'WebSocket': parameter 1 is not of type 'Value'.");
    const bytes = internals.serialize(attachment);
    if (bytes.byteLength > ATTACHMENT_BYTES_MAX) {
      throw new Error(`A WebSocket 'attachment' cannot be larger than ${ATTACHMENT_BYTES_MAX} bytes.'attachment' was ${bytes.byteLength} bytes.`);
    }
    state.attachment = bytes;
    if (state.hibernating !== 0) ops.object_socket_attach(state.hibernating, state.number, bytes);
  }

  deserializeAttachment() {
    const state = stateOf(this);
    if (state.attachment === undefined) state.attachment = ops.object_socket_attachment(state.hibernating, state.number) ?? null;
    return state.attachment === null ? null : internals.deserialize(state.attachment);
  }

  get readyState() {
    const state = stateOf(this);
    if ((state.closedIncoming && state.closedOutgoing) || state.failed) return 3;
    if (state.closedIncoming || state.closedOutgoing) return 2;
    return state.owner === CONNECTING ? 0 : 1;
  }

  get bufferedAmount() {
    const state = stateOf(this);
    return state.owner === ACCEPTED ? ops.websocket_buffered(state.number) : 0;
  }

  get url() {
    return stateOf(this).url;
  }

  get protocol() {
    return stateOf(this).protocol;
  }

  get extensions() {
    return stateOf(this).extensions;
  }

  get binaryType() {
    return stateOf(this).binaryType;
  }

  set binaryType(type) {
    const state = stateOf(this);
    type = `${type}`;
    if (type === "blob" || type === "arraybuffer") state.binaryType = type;
  }

  [internals.inspect](depth, inspect) {
    if (!isWebSocket(this)) return undefined;
    const { readyState, bufferedAmount, url, protocol, extensions, binaryType } = this;
    return `WebSocket ${inspect({ readyState, bufferedAmount, url, protocol, extensions, binaryType })}`;
  }
}

/** What a program may close with: for the original more than for the standard. */
function isCloseCode(code) {
  if (internals.compatibility.pedantic_wpt) return code === 1000 || (code >= 3000 && code < 5000);
  return code >= 1000 && code < 5000 && code !== 1004 && code !== 1005 && code !== 1006 && code !== 1015;
}

/** As Web IDL has `int`: also what is no number is one. */
const toInt32 = (value) => +value | 0;

function connectUrl(text) {
  const url = internals.url.parse(text);
  if (url === null) throw syntaxError("The url is invalid.");
  const parsed = new URL(url);
  if (parsed.protocol !== "ws:" && parsed.protocol !== "wss:") throw syntaxError("The url scheme must be ws or wss.");
  if (parsed.hash !== "" || url.endsWith("#")) throw syntaxError("The url fragment must be empty.");
  return `http${url.slice(2)}`;
}

/** The protocols a program asks for, as a header's value. */
function protocolHeader(protocols) {
  if (protocols === undefined) return "";
  const isList = typeof protocols === "object" && protocols !== null && typeof protocols[Symbol.iterator] === "function";
  if (!isList) {
    const protocol = `${protocols}`;
    if (!apply(regExpTest, PROTOCOL, [protocol])) throw syntaxError("The protocol header token is invalid.");
    return protocol;
  }
  const list = [];
  for (const item of protocols) {
    const protocol = `${item}`;
    if (!apply(regExpTest, PROTOCOL, [protocol])) throw syntaxError("One of the protocol header tokens is invalid.");
    if (list.includes(protocol)) throw syntaxError("The protocols header cannot have repeating values.");
    list[list.length] = protocol;
  }
  return list.join(", ");
}

/** Asks for the connection of `new WebSocket()`. */
async function connect(socket, state, url, protocols) {
  const number = (state.connecting = ops.fetch_number());
  const lines = ["upgrade", "websocket"];
  if (protocols !== "") lines[2] = "sec-websocket-protocol", lines[3] = protocols;
  try {
    const text = await ops.fetch(internals.fetch.writeHead(number, "GET", url, "mw", lines.join("\n")), null);
    if (state.owner === RELEASED) return;
    state.connecting = 0;
    const { status, headers, socket: end } = internals.fetch.readHead(text);
    if (status !== 101) {
      throw new NativeTypeError(
        `Failed to establish the WebSocket connection: expected server to reply with HTTP status code 101 (switching protocols), but received ${status} instead.`,
      );
    }
    state.protocol = headers.get("sec-websocket-protocol");
    if (state.protocol !== null && (protocols === "" || !protocols.split(", ").includes(state.protocol))) {
      ops.websocket_drop(end);
      throw new NativeTypeError("Failed to establish the WebSocket connection: the server chose a protocol that was not offered.");
    }
    state.extensions = headers.get("sec-websocket-extensions");
    state.number = end;
    accept(socket, state);
  } catch (error) {
    if (state.owner !== RELEASED) failConnecting(socket, state, error);
    return;
  }
  deliver(socket, state, new Event("open"));
}

function failConnecting(socket, state, error) {
  state.owner = RELEASED;
  state.closedIncoming = true;
  fail(socket, state, error);
  deliver(socket, state, new CloseEvent("close", { code: 1006, reason: "Failed to establish websocket connection" }));
}

/** close() before there is a connection. The original tells its error at once, too. */
function cancelConnecting(socket, state) {
  ops.fetch_abort(state.connecting);
  state.closedOutgoing = true;
  internals.events.queueTask(() => {
    failConnecting(socket, state, new Error("Called close before connection was established."));
  });
  state.owner = RELEASED;
}

function accept(socket, state) {
  ops.websocket_accept(state.number, (kind, data, reason) => receive(socket, state, kind, data, reason));
  state.owner = ACCEPTED;
}

function close(state, code, reason) {
  state.closedOutgoing = true;
  ops.websocket_close(state.number, code, reason);
  if (state.closedIncoming) ops.websocket_drop(state.number);
}

function receive(socket, state, kind, data, reason) {
  if (state.failed) return;
  if (kind === TEXT) {
    deliver(socket, state, createMessageEvent("message", { data }));
  } else if (kind === BINARY) {
    const body = state.binaryType === "blob" ? internals.blob.createBlob(data, "") : data.buffer;
    deliver(socket, state, createMessageEvent("message", { data: body }));
  } else if (kind === CLOSE) {
    state.closedIncoming = true;
    if (!state.halfOpen && !state.closedOutgoing && !state.aborted) close(state, data, reason);
    else if (state.closedOutgoing) ops.websocket_drop(state.number);
    deliver(socket, state, new CloseEvent("close", { code: data, reason, wasClean: true }));
  } else {
    state.closedIncoming = state.aborted = true;
    ops.websocket_drop(state.number);
    if (data !== null) fail(socket, state, new Error(data));
    // Unlike the original, which still says OPEN here: nothing can be sent any more.
    state.failed = true;
    const lost = { code: 1006, reason: "WebSocket disconnected without sending Close frame.", wasClean: false };
    deliver(socket, state, new CloseEvent("close", lost));
  }
}

/** Dispatches an event. What a listener throws is the end of the socket, as on the original. */
function deliver(socket, state, event) {
  try {
    dispatch(socket, event);
  } catch (error) {
    internals.events.logUncaught(error);
    if (state.number !== 0) ops.websocket_drop(state.number);
    fail(socket, state, error);
  }
}

function fail(socket, state, error) {
  if (state.failed) return;
  state.failed = state.aborted = true;
  let text = "";
  try {
    text = `${error}`;
  } catch {
    // A value without a text.
  }
  try {
    dispatch(socket, new ErrorEvent("error", { message: `Uncaught ${text}`, error }));
  } catch (thrown) {
    internals.events.logUncaught(thrown);
  }
}

internals.defineClass(WebSocket, "WebSocket");
for (const [name, value] of [["CONNECTING", 0], ["OPEN", 1], ["CLOSING", 2], ["CLOSED", 3]]) {
  for (const key of [`READY_STATE_${name}`, name]) {
    const constant = { value, enumerable: true };
    defineProperty(WebSocket, key, constant);
    defineProperty(WebSocket.prototype, key, constant);
  }
}
internals.expose("WebSocket", WebSocket);

internals.webSocket = {
  isWebSocket,
  /** A socket that nobody has accepted, for a native end. */
  create: (number) => new WebSocket(FROM_NATIVE, new State(PENDING, number)),
  number: (socket) => stateOf(socket).number,
  hibernates: (socket) => stateOf(socket).hibernating !== 0,
  /** Whether `accept` was called. */
  isAccepted(socket) {
    const { owner, hibernating } = stateOf(socket);
    return owner === ACCEPTED && hibernating === 0;
  },
  /** Lets the events of a socket go to a Durable Object; `take(number)` hands the native end over. */
  hibernate(socket, instance, take) {
    const state = stateOf(socket);
    if (state.owner === CONNECTING || state.url !== null) {
      throw new NativeTypeError("Websockets obtained from the 'new WebSocket()' constructor cannot call acceptWebSocket");
    }
    if (state.owner === ACCEPTED) {
      throw new Error("Cannot call `acceptWebSocket()` if the WebSocket was already accepted via `accept()`");
    }
    if (state.owner === RELEASED) throw new NativeTypeError("Can't accept() WebSocket that was already used in a response.");
    take(state.number);
    state.owner = ACCEPTED;
    state.hibernating = instance;
    if (state.attachment !== null) ops.object_socket_attach(instance, state.number, state.attachment);
  },
  /** A socket of a Durable Object that was accepted by an instance before. `closed`: by the other side (1), by the object (2). */
  revive(instance, number, closed) {
    const state = new State(PENDING, number);
    state.owner = ACCEPTED;
    state.hibernating = instance;
    state.attachment = undefined;
    state.closedIncoming = (closed & 1) !== 0;
    state.closedOutgoing = (closed & 2) !== 0;
    return new WebSocket(FROM_NATIVE, state);
  },
  /** The other side of a socket of a Durable Object closed, or was lost. */
  closed(socket, properly) {
    const state = stateOf(socket);
    state.closedIncoming = true;
    if (!properly) state.aborted = true;
    else if (state.closedOutgoing) ops.websocket_drop(state.number);
  },
  /** Takes the native end out of a socket that a response gives away. */
  release(socket) {
    const state = stateOf(socket);
    if (state.url !== null) {
      throw new NativeTypeError("Can't return WebSocket in a Response if it was created with `new WebSocket()`");
    }
    if (state.owner === RELEASED) throw new NativeTypeError("Can't return WebSocket that was already used in a response.");
    if (state.owner === ACCEPTED) throw new NativeTypeError("Can't return WebSocket in a Response after calling accept().");
    state.owner = RELEASED;
    return state.number;
  },
};
