// EventSource (HTML §9.2) with what Workers add: a source from any stream, and a binding to fetch from.
const NativeError = Error;
const NativeTypeError = TypeError;
const { EventParser } = internals.eventSource;
const { ErrorEvent, EventTarget, createMessageEvent, dispatch, fire } = internals.events;
const { getChunkReader, isDisturbed, isLocked, isReadableStream } = internals.streams;
const { createDecoder } = internals.encoding;
const { setTimeout, clearTimeout } = internals.timers;
const { AbortController, fetch } = internals.pristine;
const { max, min } = Math;
const key = Symbol();

const CONNECTING = 0;
const OPEN = 1;
const CLOSED = 2;
const RECONNECT_AFTER = 2000;
const RECONNECT_MIN = 1000;
const RECONNECT_MAX = 10_000;

const isObject = (value) => typeof value === "function" || (typeof value === "object" && value !== null);
const isEventStream = (type) => type.split(";")[0].trim().toLowerCase() === "text/event-stream";

function requireRequest() {
  if (ops.event_source_allowed()) return;
  throw internals.domException("NotSupportedError", "An EventSource can only be created within the context of a worker request.");
}

let of;

class EventSource extends EventTarget {
  #state = CONNECTING;
  // null: events come from a stream that was given.
  #url = null;
  #fetcher;
  #reconnectAfter = RECONNECT_AFTER;
  #lastEventId = "";
  #hadNoBody = false;
  #controller = new AbortController();
  #reader = null;
  #timer = 0;
  #handlers = { open: null, message: null, error: null };

  static {
    of = (source) => {
      if (!isObject(source) || !(#state in source)) throw internals.illegalInvocation();
      return source;
    };
  }

  constructor(url, init = undefined) {
    if (url === key) {
      super();
      return;
    }
    if (arguments.length === 0) throw new NativeTypeError("Failed to construct 'EventSource': constructor parameter 1 is not of type 'string'.");
    const text = `${url}`;
    requireRequest();
    if (init !== undefined && init !== null && !isObject(init)) {
      throw new NativeTypeError("Failed to construct 'EventSource': constructor parameter 2 is not of type 'EventSourceInit'.");
    }
    const fetcher = init?.fetcher;
    if (fetcher !== undefined && !internals.fetch.isFetcher(fetcher)) {
      throw new NativeTypeError("Incorrect type for the 'fetcher' field on 'EventSourceInit': the provided value is not of type 'Fetcher'.");
    }
    if (init?.withCredentials) {
      throw internals.domException("NotSupportedError", "The init.withCredentials option is not supported. It must be false or undefined.");
    }
    const href = internals.url.parse(text.toWellFormed());
    if (href === null) throw internals.domException("SyntaxError", `Cannot open an EventSource to '${text}'. The URL is invalid.`);
    super();
    this.#url = href;
    this.#fetcher = fetcher;
    this.#connect();
  }

  static from(stream) {
    if (!isReadableStream(stream)) {
      throw new NativeTypeError("Failed to execute 'from' on 'EventSource': parameter 1 is not of type 'ReadableStream'.");
    }
    requireRequest();
    if (isLocked(stream)) throw new NativeTypeError("This ReadableStream is locked.");
    if (isDisturbed(stream)) throw new NativeTypeError("This ReadableStream has already been read from.");
    const source = new EventSource(key);
    source.#state = OPEN;
    source.#read(stream);
    return source;
  }

  async #connect() {
    const headers = { accept: "text/event-stream", "cache-control": "no-cache" };
    if (this.#lastEventId !== "") headers["last-event-id"] = this.#lastEventId;
    const init = { headers, signal: this.#controller.signal };
    let response;
    try {
      response = await (this.#fetcher === undefined ? fetch(this.#url, init) : this.#fetcher.fetch(this.#url, init));
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (this.#state === CLOSED) {
      response.body?.cancel().catch(() => {});
      return;
    }
    const refusal = EventSource.#refusal(response);
    if (refusal !== null) {
      this.#fail(internals.domException("AbortError", refusal));
    } else if (response.body === null) {
      if (this.#hadNoBody) {
        this.#fail(new NativeError("The server provided no content."));
      } else {
        this.#hadNoBody = true;
        this.#reconnect("The server provided no content. Will try reconnecting.");
      }
    } else {
      if (response.redirected) this.#url = response.url;
      this.#hadNoBody = false;
      this.#state = OPEN;
      this.#guard(() => fire(this, "open"));
      if (this.#state === OPEN) this.#read(response.body);
    }
  }

  // Why the response is no stream of events.
  static #refusal(response) {
    if (!response.ok) return `The response status code was ${response.status}.`;
    const type = response.headers.get("content-type");
    if (type === null) return "No content type header was present in the response.";
    return isEventStream(type) ? null : `The content type '${type}' is invalid.`;
  }

  async #read(stream) {
    const reader = (this.#reader = getChunkReader(stream));
    const origin = this.#url === null ? undefined : internals.url.origin(this.#url);
    const parser = new EventParser(
      this.#lastEventId,
      (type, data, lastEventId) => {
        if (this.#state !== OPEN) return;
        this.#guard(() => dispatch(this, createMessageEvent(type, { data, lastEventId, origin })));
      },
      (milliseconds) => {
        this.#reconnectAfter = min(max(milliseconds, RECONNECT_MIN), RECONNECT_MAX);
      },
    );
    const decode = createDecoder("utf-8", { stripBom: true, fatal: false });
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (this.#state !== OPEN) return;
        if (done) break;
        parser.push(decode(value, true));
        this.#lastEventId = parser.lastEventId;
        if (this.#state !== OPEN) return;
      }
    } catch (error) {
      if (this.#url === null) {
        this.#fail(error);
        return;
      }
      if (this.#state === CLOSED) return;
    }
    this.#reader = null;
    if (this.#url === null) this.#fail(new NativeError("The server disconnected."));
    else this.#reconnect("The server disconnected.");
  }

  // What a listener throws ends the source.
  #guard(run) {
    try {
      run();
    } catch (error) {
      this.#fail(error);
    }
  }

  #reconnect(why) {
    this.#state = CONNECTING;
    this.#guard(() => dispatch(this, new ErrorEvent("error", { error: new NativeError(why) })));
    if (this.#state !== CONNECTING) return;
    this.#timer = setTimeout(() => this.#connect(), this.#reconnectAfter);
  }

  #fail(error) {
    if (this.#state === CLOSED) return;
    this.#end(error);
    try {
      dispatch(this, new ErrorEvent("error", { error }));
    } catch (thrown) {
      internals.reportException(thrown);
    }
  }

  #end(reason) {
    this.#state = CLOSED;
    clearTimeout(this.#timer);
    this.#controller.abort(reason);
    const reader = this.#reader;
    this.#reader = null;
    if (reader !== null) {
      try {
        Promise.resolve(reader.cancel(reason)).catch(() => {});
      } catch {
        // The stream has failed already.
      }
    }
  }

  close() {
    if (of(this).#state !== CLOSED) this.#end(undefined);
  }
  [Symbol.dispose]() {
    this.close();
  }
  get url() {
    return of(this).#url ?? "";
  }
  get withCredentials() {
    of(this);
    return false;
  }
  get readyState() {
    return of(this).#state;
  }
  get onopen() {
    return of(this).#handlers.open;
  }
  set onopen(handler) {
    of(this).#handlers.open = isObject(handler) ? handler : null;
  }
  get onmessage() {
    return of(this).#handlers.message;
  }
  set onmessage(handler) {
    of(this).#handlers.message = isObject(handler) ? handler : null;
  }
  get onerror() {
    return of(this).#handlers.error;
  }
  set onerror(handler) {
    of(this).#handlers.error = isObject(handler) ? handler : null;
  }
}
Object.defineProperty(EventSource, "length", { value: 1, configurable: true });
internals.defineClass(EventSource, "EventSource");
const constants = { CONNECTING, OPEN, CLOSED };
for (const name in constants) {
  const constant = { value: constants[name], enumerable: true };
  Object.defineProperty(EventSource, name, constant);
  Object.defineProperty(EventSource.prototype, name, constant);
}
internals.expose("EventSource", EventSource);
