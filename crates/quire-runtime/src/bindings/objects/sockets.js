// WebSockets that outlive the instances of an object: https://developers.cloudflare.com/durable-objects/best-practices/websockets/
//
// The native side keeps them (host/sockets.rs). Here they are made into objects when the program asks for them, or something arrives.

const { objects } = internals;
const { isArray } = Array;
const { parse, stringify } = JSON;
const NativeError = Error;
const NativeMap = Map;
const NativeTypeError = TypeError;

const TAGS_MAX = 10;
const TAG_BYTES_MAX = 256;

// What `message` is told; as in host/instance.rs.
const TEXT = 0;
const BINARY = 1;
const CLOSE = 2;

/** By the numbers of the instances: their sockets by number. */
const known = new Map();

function add(instance, number, socket) {
  let sockets = known.get(instance);
  if (sockets === undefined) known.set(instance, (sockets = new NativeMap()));
  sockets.set(number, socket);
  return socket;
}

/** The socket of this number: the same object for as long as the instance lives. */
function socketOf(instance, number) {
  return known.get(instance)?.get(number) ?? add(instance, number, internals.webSocket.revive(instance, number, ops.object_socket_closed(instance, number)));
}

const tagOf = (value) => internals.conversions.text(value).toWellFormed();

function checkTags(given) {
  const tags = [...given].map(tagOf);
  // Before those that are given twice count once, as on the original, whose characters are bytes.
  if (tags.length > TAGS_MAX) throw new NativeError(`a Hibernatable WebSocket cannot have more than ${TAGS_MAX} tags`);
  for (const tag of tags) {
    if (internals.encoding.encodeUtf8(tag).length > TAG_BYTES_MAX) {
      throw new NativeError(`"${tag}" is longer than the max tag length (${TAG_BYTES_MAX} characters).`);
    }
  }
  return [...new Set(tags)];
}

Object.assign(objects, {
  acceptSocket(instance, socket, tags) {
    if (tags !== undefined && !isArray(tags)) {
      throw new NativeTypeError("Failed to execute 'acceptWebSocket' on 'DurableObjectState': parameter 2 is not of type 'Array'.");
    }
    const distinct = tags === undefined ? [] : checkTags(tags);
    internals.webSocket.hibernate(socket, instance, (number) => ops.object_socket_accept(instance, number, stringify(distinct)));
    add(instance, internals.webSocket.number(socket), socket);
  },

  /** Those with a tag, or without one all. */
  sockets: (instance, tag) =>
    parse(ops.object_sockets(instance, tag === undefined ? null : tagOf(tag))).map((number) => socketOf(instance, number)),

  tags(instance, socket) {
    if (internals.webSocket.isAccepted(socket)) throw new NativeError("only hibernatable websockets can have tags.");
    const tags = internals.webSocket.hibernates(socket) ? ops.object_socket_tags(instance, internals.webSocket.number(socket)) : null;
    if (tags === null || tags === undefined) {
      throw new NativeError("you must call 'acceptWebSocket()' before attempting to access the tags of a WebSocket.");
    }
    return parse(tags);
  },

  /** Something arrived on a socket. */
  message(instance, number, kind, data, reason) {
    const socket = socketOf(instance, number);
    if (kind === TEXT) return objects.handle(instance, "webSocketMessage", [socket, data]);
    if (kind === BINARY) return objects.handle(instance, "webSocketMessage", [socket, data.buffer]);
    internals.webSocket.closed(socket, kind === CLOSE);
    const end = () => {
      ops.object_socket_end(instance, number);
      known.get(instance)?.delete(number);
    };
    if (kind === CLOSE) return objects.handle(instance, "webSocketClose", [socket, data, reason, true], end);
    if (data !== null) return objects.handle(instance, "webSocketError", [socket, new NativeError(data)], end);
    objects.handle(instance, "webSocketClose", [socket, 1006, "WebSocket disconnected without sending Close frame.", false], end);
  },

  forgetSockets: (instance) => known.delete(instance),
});
