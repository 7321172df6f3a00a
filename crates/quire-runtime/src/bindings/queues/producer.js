// WorkerQueue: https://developers.cloudflare.com/queues/configuration/javascript-apis/#queue

const { stringify } = JSON;
const { isView } = ArrayBuffer;
const { apply } = Reflect;
const { transfer } = ArrayBuffer.prototype;
const { encodeUtf8 } = internals.encoding;
const { integer, isObject, text } = internals.conversions;

const MESSAGE_BYTES_MAX = 128_000;
const BATCH_MESSAGES_MAX = 100;
const BATCH_BYTES_MAX = 288_000;
const DELAY_MAX = 86_400;

/** The formats of bodies, as `queue_send` knows them. */
const FORMATS = { __proto__: null, text: 0, bytes: 1, json: 2, v8: 3 };

const wrongArgument = (method, position, type) => internals.conversions.wrongArgument(method, "WorkerQueue", position, type);

/** What the original's service refuses. It says why only to programs of an older date; here the error's cause does. */
function refused(method, reason, status = reason) {
  const message = internals.compatibility.queue_expose_error_codes ? "Unknown Internal Error (15000)" : `Queue ${method} failed: ${status}`;
  return new Error(message, { cause: reason });
}

/** The members of an options object; nothing at all if there is none. */
function readOptions(method, options, type) {
  if (options === undefined || options === null) return { contentType: undefined, delaySeconds: undefined };
  if (!isObject(options)) throw wrongArgument(method, 2, type);
  return readMembers(options);
}

function readMembers(options) {
  const { contentType } = options;
  const given = contentType === undefined ? undefined : text(contentType);
  const { delaySeconds } = options;
  return { contentType: given, delaySeconds: delaySeconds === undefined ? undefined : integer(delaySeconds) };
}

function typeOf(contentType) {
  if (contentType === undefined) return internals.compatibility.queues_json_messages ? "json" : "v8";
  const type = contentType.toLowerCase();
  if (!(type in FORMATS)) throw new TypeError(`Unsupported queue message content type: ${contentType}`);
  return type;
}

const required = (type, wanted, body) =>
  new TypeError(`Content Type "${type}" requires a value of type ${wanted}, but received: ${typeof body}`);

/** The bytes of a body. */
function serialized(method, type, body) {
  switch (type) {
    case "text":
      if (typeof body !== "string") throw required(type, "string", body);
      return encodeUtf8(body);
    case "bytes":
      if (!isView(body)) throw required(type, "ArrayBufferView", body);
      return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
    case "json": {
      const json = stringify(body);
      if (json === undefined) throw refused(method, `JSON has no text for a ${typeof body}`, "Internal Server Error");
      return encodeUtf8(json);
    }
    default:
      return internals.serialize(body);
  }
}

function prepare(method, body, { contentType, delaySeconds }, otherwise) {
  if (body === undefined) throw new TypeError("Message body cannot be undefined");
  const type = typeOf(contentType);
  return { format: FORMATS[type], bytes: serialized(method, type, body), delay: delaySeconds ?? otherwise };
}

function checkDelay(method, delay) {
  if (delay < 0 || delay > DELAY_MAX) {
    throw refused(method, `a delay of ${delay} seconds is not within 0 and ${DELAY_MAX}`, "Internal Server Error");
  }
}

const flat = ({ format, bytes, delay }) => [format, bytes, delay * 1000];

const metrics = ([backlogCount, backlogBytes, oldest]) => ({
  backlogCount,
  backlogBytes,
  oldestMessageTimestamp: oldest < 0 ? undefined : new Date(oldest),
});

const sent = (backlog) => ({ metadata: { metrics: metrics(backlog) } });

/** Bytes, which whoever sends them gives away. */
function taken(bytes) {
  const { buffer, byteOffset, byteLength } = bytes;
  try {
    return new Uint8Array(apply(transfer, buffer, []), byteOffset, byteLength);
  } catch {
    // Shared memory, or that of WebAssembly.
    return bytes;
  }
}

const FROM_RUNTIME = Symbol("made by the runtime");

let bindingOf;

class WorkerQueue {
  #binding;

  static {
    bindingOf = (queue) => {
      if (typeof queue !== "object" || queue === null || !(#binding in queue)) throw internals.illegalInvocation();
      return queue.#binding;
    };
  }

  constructor(key, binding) {
    if (key !== FROM_RUNTIME) throw new TypeError("Illegal constructor");
    this.#binding = binding;
  }

  async metrics() {
    return metrics(ops.queue_metrics(bindingOf(this).queue));
  }

  async send(body = undefined, options = undefined) {
    const { queue, delay = 0 } = bindingOf(this);
    if (arguments.length === 0) throw wrongArgument("send", 1, "Value");
    const message = prepare("send", body, readOptions("send", options, "SendOptions"), delay);
    checkDelay("send", message.delay);
    const { byteLength } = message.bytes;
    if (byteLength > MESSAGE_BYTES_MAX) {
      throw refused("send", `message length of ${byteLength} bytes exceeds limit of ${MESSAGE_BYTES_MAX}`);
    }
    if (message.format === FORMATS.bytes) message.bytes = taken(message.bytes);
    return sent(await ops.queue_send("send", queue, flat(message)));
  }

  async sendBatch(batch = undefined, options = undefined) {
    const { queue, delay: configured = 0 } = bindingOf(this);
    if (!isObject(batch) || typeof batch[Symbol.iterator] !== "function") throw wrongArgument("sendBatch", 1, "Sequence");
    const given = [...batch].map((message) => {
      if (!isObject(message)) throw new TypeError("Incorrect type: the provided value is not of type 'MessageSendRequest'.");
      return { body: message.body, options: readMembers(message) };
    });
    const { delaySeconds = configured } = readOptions("sendBatch", options, "SendBatchOptions");
    if (given.length === 0) throw new TypeError("sendBatch() requires at least one message");
    const messages = given.map(({ body, options }) => prepare("sendBatch", body, options, delaySeconds));
    checkBatch(messages);
    return sent(await ops.queue_send("sendBatch", queue, messages.flatMap(flat)));
  }
}

function checkBatch(messages) {
  const lengths = messages.map(({ bytes }) => bytes.byteLength);
  const longest = Math.max(...lengths);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const { length: count } = messages;
  if (count > BATCH_MESSAGES_MAX) {
    throw refused("sendBatch", `batch message count of ${count} exceeds limit of ${BATCH_MESSAGES_MAX}`);
  }
  if (longest > MESSAGE_BYTES_MAX) {
    throw refused("sendBatch", `message in batch has length ${longest} bytes which exceeds single message size limit of ${MESSAGE_BYTES_MAX}`);
  }
  if (total > BATCH_BYTES_MAX) throw refused("sendBatch", `batch size of ${total} bytes exceeds limit of ${BATCH_BYTES_MAX}`);
  for (const { delay } of messages) checkDelay("sendBatch", delay);
}

internals.conversions.defineBinding(WorkerQueue, "WorkerQueue");
internals.queues = { metrics };
internals.structuredClone.register(WorkerQueue, () => {
  throw internals.domException("DataCloneError", 'Could not serialize object of type "WorkerQueue". This type does not support serialization.');
});
internals.bindings.define("queue", (binding) => new WorkerQueue(FROM_RUNTIME, binding));
