// connect() and Socket of `cloudflare:sockets`: https://developers.cloudflare.com/workers/runtime-apis/tcp-sockets/

const { apply } = Reflect;
const { test: regExpTest } = RegExp.prototype;
const { then } = Promise.prototype;
const { WritableStream, URL } = internals.pristine;
const S = internals.streams;
const NativeTypeError = TypeError;

const HOST = /^[-._[\]:A-Za-z0-9]{1,255}$/;
const HTTP_PORTS = [80, 443];
const HIGH_WATER_MARK = 1;
const FROM_CONNECT = Symbol("from connect");
const ignore = () => {};

class State {
  constructor(target, secureTransport, options) {
    this.number = ops.socket_prepare();
    this.target = target;
    this.secureTransport = secureTransport;
    this.allowHalfOpen = Boolean(options?.allowHalfOpen);
    this.highWaterMark = options?.highWaterMark === undefined ? HIGH_WATER_MARK : Number(options.highWaterMark);
    this.opened = Promise.withResolvers();
    this.closed = Promise.withResolvers();
    // Whoever is interested in a failure looks at them.
    apply(then, this.opened.promise, [undefined, ignore]);
    apply(then, this.closed.promise, [undefined, ignore]);
    this.upgraded = false;
    this.closing = false;
    this.done = false;
    this.readable = internals.body.nativeStream(this.number);
    this.controller = null;
    this.lastWrite = undefined;
    this.writable = new WritableStream(new Sink(this), { highWaterMark: this.highWaterMark });
  }

  /** The connection is there, or not: `connecting` is a promise of which of these. */
  async connect(connecting) {
    let connected = false;
    try {
      connected = await connecting;
    } catch {
      // The reason is said below.
    }
    if (connected) {
      this.opened.resolve({ remoteAddress: this.target.text, localAddress: undefined });
      apply(then, ops.socket_ended(this.number), [() => this.ended()]);
      return;
    }
    let message = "proxy request failed, cannot connect to the specified address";
    if (HTTP_PORTS.includes(this.target.port)) {
      message += ". It looks like you might be trying to connect to a HTTP-based service — consider using fetch instead";
    }
    const error = new Error(message);
    this.done = true;
    this.opened.reject(error);
    this.closed.reject(error);
    if (this.controller !== null) this.controller.error(error);
    ops.socket_drop(this.number);
  }

  /** Nothing more can be read. */
  async ended() {
    if (this.upgraded || this.done) return;
    const state = S.writableOf(this.writable);
    if (!this.allowHalfOpen) {
      try {
        if (!S.closing(state)) await S.closeWritable(state);
      } catch {
        // It failed already, with an error of its own.
      }
    } else if (state.state === S.writableStates.WRITABLE) {
      return;
    }
    this.finish();
  }

  finish() {
    if (this.done) return;
    this.done = true;
    this.closed.resolve(undefined);
    ops.socket_drop(this.number);
  }

  async close() {
    try {
      await this.opened.promise;
    } catch {
      return this.closed.promise;
    }
    const state = S.writableOf(this.writable);
    try {
      if (!S.closing(state)) await S.closeWritable(state);
    } catch {
      // What could not be written is lost.
    }
    if (!S.isLocked(this.readable)) apply(then, this.readable.cancel(), [undefined, ignore]);
    ops.body_cancel(this.number);
    this.finish();
    return this.closed.promise;
  }

  /** Waits until everything is written that the program gave. */
  async flush() {
    const state = S.writableOf(this.writable);
    while (state.state === S.writableStates.WRITABLE && S.writerDesiredSize(state) < this.highWaterMark) {
      await this.lastWrite;
      await undefined;
    }
  }
}

class Sink {
  #state;

  constructor(state) {
    this.#state = state;
  }

  start(controller) {
    this.#state.controller = controller;
  }

  async write(chunk) {
    const state = this.#state;
    const bytes = S.viewBytes(chunk);
    if (bytes === null) throw new NativeTypeError(S.NOT_BYTES);
    await state.opened.promise;
    if (bytes.byteLength === 0) return;
    const writing = ops.socket_write(state.number, bytes);
    state.lastWrite = apply(then, writing, [undefined, ignore]);
    await writing;
  }

  async close() {
    const state = this.#state;
    await state.opened.promise;
    if (!state.done) await ops.socket_finish(state.number);
  }

  abort() {
    this.#state.finish();
  }
}

let stateOf;

class Socket {
  #state;

  static {
    stateOf = (socket) => {
      if (typeof socket !== "object" || socket === null || !(#state in socket)) throw internals.illegalInvocation();
      return socket.#state;
    };
  }

  constructor(key, state) {
    if (key !== FROM_CONNECT) throw new NativeTypeError("Illegal constructor");
    this.#state = state;
  }

  get readable() {
    return stateOf(this).readable;
  }

  get writable() {
    return stateOf(this).writable;
  }

  get opened() {
    return stateOf(this).opened.promise;
  }

  get closed() {
    return stateOf(this).closed.promise;
  }

  get upgraded() {
    return stateOf(this).upgraded;
  }

  get secureTransport() {
    return stateOf(this).secureTransport;
  }

  close() {
    const state = stateOf(this);
    if (state.closing) return state.closed.promise;
    state.closing = true;
    return state.close();
  }

  startTls(options = undefined) {
    const state = stateOf(this);
    if (state.secureTransport === "on") throw new NativeTypeError("Cannot startTls on a TLS socket.");
    if (state.done && !state.upgraded) throw new NativeTypeError("The connection was closed before startTls could be started.");
    if (state.secureTransport !== "starttls") {
      throw new NativeTypeError("The `secureTransport` socket option must be set to 'starttls' for startTls to be used.");
    }
    if (state.upgraded || state.closing) {
      throw new NativeTypeError("startTls has already been called on this socket, or the socket was transferred over RPC.");
    }
    state.upgraded = true;
    const secure = new State(state.target, "on", state);
    const host = options?.expectedServerHostname === undefined ? state.target.host : `${options.expectedServerHostname}`;
    secure.connect(handOver(state, secure, host));
    return new Socket(FROM_CONNECT, secure);
  }
}

/** Moves a connection from one socket to another, and starts TLS there. */
async function handOver(state, secure, host) {
  await state.opened.promise;
  await state.flush();
  const connected = await ops.socket_start_tls(state.number, secure.number, host);
  state.controller.error(new NativeTypeError("This socket was upgraded to TLS; use the one that startTls() returned."));
  ops.body_cancel(state.number);
  state.finish();
  return connected;
}

function parseAddress(address) {
  let host, port, text;
  if (typeof address === "object" && address !== null) {
    host = `${address.hostname}`;
    port = Number(address.port) & 0xffff;
    text = `${host}:${port}`;
  } else {
    text = `${address}`;
    const url = URL.parse(`fake://${text}`);
    if (url === null) throw new NativeTypeError("Specified address could not be parsed.");
    if (url.hostname === "") throw new NativeTypeError("Specified address is missing hostname.");
    if (url.port === "") throw new NativeTypeError("Specified address is missing port.");
    host = url.hostname;
    port = Number(url.port);
  }
  if (!apply(regExpTest, HOST, [text])) {
    throw new NativeTypeError("Specified address is empty string, contains unsupported characters or is too long.");
  }
  if (host.startsWith("[") && host.endsWith("]")) host = host.slice(1, -1);
  return { host, port, text };
}

const TRANSPORTS = ["off", "starttls", "on"];

function connect(address, options = undefined) {
  if (arguments.length === 0) {
    throw new NativeTypeError("Failed to execute 'connect': parameter 1 is not of type 'SocketAddress or string'.");
  }
  const target = parseAddress(address);
  const secureTransport = options?.secureTransport === undefined ? "off" : `${options.secureTransport}`;
  if (!TRANSPORTS.includes(secureTransport)) {
    throw new NativeTypeError(`Unsupported value in secureTransport socket option: ${secureTransport}`);
  }
  const state = new State(target, secureTransport, options);
  state.connect(ops.socket_connect(state.number, target.host, target.port, secureTransport === "on"));
  return new Socket(FROM_CONNECT, state);
}

internals.defineClass(Socket, "Socket");
internals.sockets = { connect };
