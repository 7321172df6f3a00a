// What the class of a Durable Object is constructed with: https://developers.cloudflare.com/durable-objects/api/state/

const { apply } = Reflect;
const { then } = Promise.prototype;
const resolved = Promise.resolve.bind(Promise);
const rejected = Promise.reject.bind(Promise);
const withResolvers = Promise.withResolvers.bind(Promise);
const NativeError = Error;
const NativeTypeError = TypeError;
const NativeRangeError = RangeError;
const FROM_HOST = Symbol("from host");
const { objects } = internals;
const AUTO_RESPONSE_BYTES_MAX = 2048;
const EVENT_TIMEOUT_MAX = 604800000;

const wrongArgument = (method, index, type) =>
  new NativeTypeError(`Failed to execute '${method}' on 'DurableObjectState': parameter ${index} is not of type '${type}'.`);

/** Runs a function while nothing else of the object goes on. Gives a promise of its result. */
objects.critical = (instance, run) => {
  const { promise, resolve, reject } = withResolvers();
  ops.object_block(instance, (section) => {
    let result;
    try {
      result = resolved(run());
    } catch (error) {
      result = rejected(error);
    }
    const end = (settle) => (value) => {
      ops.object_unblock(instance, section);
      settle(value);
    };
    apply(then, result, [end(resolve), end(reject)]);
  });
  return promise;
};

let instanceOf;

class DurableObjectState {
  #instance;
  #eventTimeout = null;

  static {
    instanceOf = (state) => {
      if (typeof state !== "object" || state === null || !(#instance in state)) throw internals.illegalInvocation();
      return state.#instance;
    };
  }

  constructor(key, instance, id, storage) {
    if (key !== FROM_HOST) throw new NativeTypeError("Illegal constructor");
    this.#instance = instance;
    this.facets = {};
    this.container = undefined;
    this.storage = storage;
    this.id = id;
    this.props = {};
    this.exports = internals.workers.exports;
  }

  waitUntil(promise) {
    internals.waitUntil(instanceOf(this), promise);
  }

  blockConcurrencyWhile(callback) {
    const instance = instanceOf(this);
    if (typeof callback !== "function") {
      throw wrongArgument("blockConcurrencyWhile", 1, "function");
    }
    const blocked = objects.critical(instance, callback);
    // Whoever waits for the object learns of it.
    apply(then, blocked, [undefined, (error) => objects.end(instance, error, true)]);
    return blocked;
  }

  acceptWebSocket(socket = undefined, tags = undefined) {
    const instance = instanceOf(this);
    if (!internals.webSocket.isWebSocket(socket)) throw wrongArgument("acceptWebSocket", 1, "WebSocket");
    objects.acceptSocket(instance, socket, tags);
  }

  getWebSockets(tag = undefined) {
    return objects.sockets(instanceOf(this), tag);
  }

  setWebSocketAutoResponse(pair = undefined) {
    const instance = instanceOf(this);
    if (pair === undefined) return ops.object_auto_response(instance, null);
    if (!(pair instanceof globalThis.WebSocketRequestResponsePair)) {
      throw wrongArgument("setWebSocketAutoResponse", 1, "WebSocketRequestResponsePair");
    }
    const { request, response } = pair;
    for (const [text, what] of [[request, "Request"], [response, "Response"]]) {
      const size = internals.encoding.encodeUtf8(text).byteLength;
      if (size > AUTO_RESPONSE_BYTES_MAX) {
        throw new NativeRangeError(`${what} cannot be larger than ${AUTO_RESPONSE_BYTES_MAX} bytes. A ${what.toLowerCase()} of size ${size} was provided.`);
      }
    }
    ops.object_auto_response(instance, request, response);
  }

  getWebSocketAutoResponse() {
    const pair = ops.object_auto_response_get(instanceOf(this));
    return pair === null || pair === undefined ? null : new globalThis.WebSocketRequestResponsePair(pair[0], pair[1]);
  }

  getWebSocketAutoResponseTimestamp(socket = undefined) {
    const instance = instanceOf(this);
    if (!internals.webSocket.isWebSocket(socket)) throw wrongArgument("getWebSocketAutoResponseTimestamp", 1, "WebSocket");
    const time = ops.object_socket_answered(instance, internals.webSocket.number(socket));
    return time === null || time === undefined ? null : new Date(time);
  }

  setHibernatableWebSocketEventTimeout(milliseconds = undefined) {
    instanceOf(this);
    const timeout = milliseconds === undefined || milliseconds === null ? 0 : internals.conversions.unsigned(milliseconds);
    if (timeout > EVENT_TIMEOUT_MAX) throw new NativeError(`Event timeout should not exceed ${EVENT_TIMEOUT_MAX} ms.`);
    this.#eventTimeout = timeout === 0 ? null : timeout;
  }

  getHibernatableWebSocketEventTimeout() {
    instanceOf(this);
    return this.#eventTimeout;
  }

  getTags(socket = undefined) {
    const instance = instanceOf(this);
    if (!internals.webSocket.isWebSocket(socket)) throw wrongArgument("getTags", 1, "WebSocket");
    return objects.tags(instance, socket);
  }

  abort(reason = undefined, options = undefined) {
    const instance = instanceOf(this);
    const error = new NativeError(reason === undefined ? "Application called abort() to reset Durable Object." : `${reason}`);
    objects.end(instance, error, true, options?.retryAlarm !== false);
    throw error;
  }
}

internals.defineClass(DurableObjectState, "DurableObjectState");

/** The ids of live objects, by the numbers of their contexts. */
const ids = new Map();
Object.assign(objects, {
  createState(instance, id, storage) {
    ids.set(instance, `${id}`);
    return new DurableObjectState(FROM_HOST, instance, id, storage);
  },
  idOf: (instance) => ids.get(instance),
  forgetId: (instance) => ids.delete(instance),
});
