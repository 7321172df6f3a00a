// http.request() and http.get(), on fetch().
const { AbortError, ERR_HTTP_HEADERS_SENT, ERR_INVALID_ARG_TYPE, ERR_INVALID_CHAR, ERR_INVALID_HTTP_TOKEN, codes, define } = require("internal/errors");
const { Readable, Writable } = require("stream");
const { Buffer } = require("buffer");
const process = require("process");
const { AbortController, Headers, URL, clearTimeout, fetch, setTimeout } = globalThis;

const HeadersSent = ERR_HTTP_HEADERS_SENT ?? define("ERR_HTTP_HEADERS_SENT", (what) => `Cannot ${what} headers after they are sent to the client`);
const InvalidValue = codes.ERR_HTTP_INVALID_HEADER_VALUE;
const tokenOnly = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/;

function validateHeaderName(name, label = "Header name") {
  if (typeof name !== "string" || !tokenOnly.test(name)) throw new ERR_INVALID_HTTP_TOKEN(label, name);
}

function validateHeaderValue(name, value) {
  if (value === undefined) throw new InvalidValue(value, name);
  if (/[^\t\x20-\x7e\x80-\xff]/.test(String(value))) throw new ERR_INVALID_CHAR("header content", name);
}

/** A response: its head, and its body as a stream. */
class IncomingMessage extends Readable {
  #reader;
  constructor(response) {
    super();
    this.#reader = response?.body?.getReader();
    this.statusCode = response?.status ?? null;
    this.statusMessage = response?.statusText ?? null;
    this.httpVersion = "1.1";
    this.httpVersionMajor = this.httpVersionMinor = 1;
    this.headers = {};
    this.rawHeaders = [];
    this.trailers = {};
    this.rawTrailers = [];
    this.url = "";
    this.method = null;
    this.complete = false;
    this.aborted = false;
    this.socket = this.connection = null;
    for (const [name, value] of response?.headers ?? []) {
      this.rawHeaders.push(name, value);
      if (name === "set-cookie") (this.headers[name] ??= []).push(value);
      else this.headers[name] = value;
    }
  }
  setTimeout() {
    return this;
  }
  _read() {
    if (this.#reader === undefined) {
      this.complete = true;
      this.push(null);
      return;
    }
    this.#reader.read().then(
      ({ value, done }) => {
        this.complete = done;
        this.push(done ? null : Buffer.from(value.buffer, value.byteOffset, value.byteLength));
      },
      (error) => this.destroy(error),
    );
  }
  _destroy(error, callback) {
    if (!this.complete) {
      this.aborted = true;
      this.#reader?.cancel(error ?? undefined).catch(() => {});
    }
    callback(error);
  }
}

function urlOf(options, protocol) {
  const scheme = options.protocol ?? protocol;
  const host = options.hostname ?? options.host ?? "localhost";
  const bracketed = host.includes(":") && !host.startsWith("[") && options.hostname !== undefined ? `[${host}]` : host;
  const port = options.port ?? options.defaultPort;
  const isPortInHost = /:\d+$/.test(bracketed) && options.hostname === undefined;
  return new URL(`${scheme}//${bracketed}${port && !isPortInHost ? `:${port}` : ""}${options.path ?? "/"}`);
}

class ClientRequest extends Writable {
  #url;
  #headers = new Map();
  #parts = [];
  #controller = new AbortController();
  #timer;
  #isSent = false;

  constructor(options, callback, protocol) {
    // It is over when the response is, not when it is sent.
    super({ autoDestroy: false });
    this.#url = urlOf(options, protocol);
    this.method = (options.method ?? "GET").toUpperCase();
    if (!tokenOnly.test(this.method)) throw new ERR_INVALID_HTTP_TOKEN("Method", this.method);
    this.path = options.path ?? "/";
    this.host = this.#url.hostname;
    this.protocol = this.#url.protocol;
    this.aborted = false;
    this.res = null;
    this.socket = this.connection = null;
    const given = options.headers ?? {};
    if (Array.isArray(given)) for (let index = 0; index < given.length; index += 2) this.setHeader(given[index], given[index + 1]);
    else for (const name of Object.keys(given)) this.setHeader(name, given[name]);
    if (options.auth && !this.hasHeader("authorization")) this.setHeader("Authorization", `Basic ${Buffer.from(options.auth).toString("base64")}`);
    if (options.timeout) this.setTimeout(options.timeout);
    if (options.signal) {
      const abort = () => this.destroy(new AbortError(undefined, { cause: options.signal.reason }));
      if (options.signal.aborted) process.nextTick(abort);
      else options.signal.addEventListener("abort", abort, { once: true });
    }
    if (callback) this.once("response", callback);
  }
  get headersSent() {
    return this.#isSent;
  }
  setHeader(name, value) {
    if (this.#isSent) throw new HeadersSent("set");
    validateHeaderName(name);
    for (const one of [value].flat()) validateHeaderValue(name, one);
    this.#headers.set(name.toLowerCase(), [name, value]);
    return this;
  }
  getHeader(name) {
    if (typeof name !== "string") throw new ERR_INVALID_ARG_TYPE("name", "string", name);
    return this.#headers.get(name.toLowerCase())?.[1];
  }
  getHeaderNames() {
    return [...this.#headers.keys()];
  }
  getRawHeaderNames() {
    return [...this.#headers.values()].map(([name]) => name);
  }
  getHeaders() {
    return Object.fromEntries([...this.#headers].map(([name, [, value]]) => [name, value]));
  }
  hasHeader(name) {
    return this.#headers.has(name.toLowerCase());
  }
  removeHeader(name) {
    this.#headers.delete(name.toLowerCase());
  }
  flushHeaders() {}
  setNoDelay() {}
  setSocketKeepAlive() {}
  setTimeout(milliseconds, callback) {
    if (callback) this.once("timeout", callback);
    clearTimeout(this.#timer);
    this.#timer = milliseconds > 0 ? setTimeout(() => this.emit("timeout"), milliseconds) : undefined;
    return this;
  }
  abort() {
    if (this.aborted) return;
    this.aborted = true;
    process.nextTick(() => this.emit("abort"));
    this.destroy();
  }
  _write(chunk, encoding, callback) {
    this.#parts.push(chunk);
    callback();
  }
  _final(callback) {
    this.#send();
    callback();
  }
  #send() {
    this.#isSent = true;
    const headers = new Headers();
    for (const [name, value] of this.#headers.values()) for (const one of [value].flat()) headers.append(name, String(one));
    const body = this.#parts.length > 0 && this.method !== "GET" && this.method !== "HEAD" ? Buffer.concat(this.#parts) : undefined;
    fetch(this.#url, { method: this.method, headers, body, redirect: "manual", signal: this.#controller.signal }).then(
      (response) => {
        clearTimeout(this.#timer);
        if (this.destroyed && this.res === null && this.errored) return;
        this.res = new IncomingMessage(response);
        this.res.req = this;
        this.res.once("close", () => this.destroy());
        // Nobody wants it: what is not read must not hold the connection.
        if (!this.emit("response", this.res)) this.res.resume();
      },
      (error) => this.destroy(error),
    );
  }
  _destroy(error, callback) {
    clearTimeout(this.#timer);
    if (this.res === null) this.#controller.abort();
    else if (!this.res.complete) this.res.destroy(error ?? undefined);
    if (!error && this.res === null) {
      callback(Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }));
      return;
    }
    callback(error);
  }
}

/** `request` and `get` for a protocol. */
function functionsFor(protocol) {
  function request(given, ...rest) {
    const callback = rest.find((value) => typeof value === "function");
    const more = rest.find((value) => value !== null && typeof value === "object");
    let options = given;
    if (typeof given === "string" || given instanceof URL) {
      options = require("url").urlToHttpOptions(typeof given === "string" ? new URL(given) : given);
    }
    return new ClientRequest({ ...options, ...more }, callback, protocol);
  }
  function get(...given) {
    const sent = request(...given);
    sent.end();
    return sent;
  }
  return { request, get };
}

return { ClientRequest, IncomingMessage, functionsFor, validateHeaderName, validateHeaderValue };
