// KvNamespace: https://developers.cloudflare.com/kv/api/

const { isArray } = Array;
const { trunc } = Math;
const { integer, isObject, text } = internals.conversions;
const { stringify, parse } = JSON;
const { encodeUtf8, decodeUtf8 } = internals.encoding;
const { isReadableStream, isDisturbed, isLocked } = internals.streams;
const viewOf = ArrayBuffer.isView;

const KEY_BYTES_MAX = 512;
const METADATA_BYTES_MAX = 1024;
const KEYS_AT_ONCE_MAX = 100;
const LISTED_MAX = 1000;
const CACHE_TTL_MIN = 30;
const TTL_MIN = 60;

// What a value becomes, as `kv_get` knows it. JSON is made of text, as is what is refused when there is a value.
const WANTED = { __proto__: null, text: 0, json: 0, arrayBuffer: 1, stream: 2 };

const wrongArgument = (method, position, type) => internals.conversions.wrongArgument(method, "KvNamespace", position, type);

const failed = (method, text) => new Error(`KV ${method} failed: ${text}`);

/** The length of a text in UTF-8, if that is more than `max`; else 0. */
function lengthAbove(max, value) {
  if (value.length * 3 <= max) return 0;
  const { byteLength } = encodeUtf8(value);
  return byteLength > max ? byteLength : 0;
}

function checkKeyLength(method, key) {
  const length = lengthAbove(KEY_BYTES_MAX, key);
  if (length > 0) throw failed(method, `414 UTF-8 encoded length of ${length} exceeds key length limit of ${KEY_BYTES_MAX}.`);
}

function checkKey(method, key) {
  if (key === "") throw new TypeError("Key name cannot be empty.");
  if (key === "." || key === "..") throw new TypeError(`"${key}" is not allowed as a key name.`);
  checkKeyLength(method, key);
  if (!key.isWellFormed()) throw failed(method, "400 Could not URL-decode key name");
}

function checkCacheTtl(method, cacheTtl) {
  if (cacheTtl !== undefined && cacheTtl < CACHE_TTL_MIN) {
    throw failed(method, `400 Invalid cache_ttl of ${cacheTtl}. Cache TTL must be at least ${CACHE_TTL_MIN}.`);
  }
}

const PLAIN = { __proto__: null, type: undefined, cacheTtl: undefined };

/** The options of get and getWithMetadata: a type, or an object. */
function readOptions(options) {
  if (options === undefined || options === null) return PLAIN;
  if (!isObject(options)) return { type: text(options), cacheTtl: undefined };
  const { type } = options;
  const asked = type === undefined ? undefined : text(type);
  const { cacheTtl } = options;
  return { type: asked, cacheTtl: cacheTtl === undefined ? undefined : integer(cacheTtl) };
}

/** The value that a native operation found, as the type that was asked for. */
async function valueOf(found, type) {
  switch (type) {
    case "text":
    case undefined:
      return typeof found === "number" ? decodeUtf8(await ops.body_bytes(found)) : found;
    case "json":
      return parse(typeof found === "number" ? decodeUtf8(await ops.body_bytes(found)) : found);
    case "arrayBuffer":
      return (typeof found === "number" ? await ops.body_bytes(found) : found).buffer;
    case "stream":
      return internals.body.nativeStream(found);
    default:
      if (typeof found === "number") ops.body_cancel(found);
      throw new TypeError('Unknown response type. Possible types are "text", "arrayBuffer", "json", and "stream".');
  }
}

async function getOne(namespace, key, { type, cacheTtl }) {
  checkKey("GET", key);
  checkCacheTtl("GET", cacheTtl);
  const found = ops.kv_get(namespace, key, WANTED[type ?? "text"] ?? 0, false);
  if (found === null) return null;
  return typeof found === "string" && (type === undefined || type === "text") ? found : valueOf(found, type);
}

async function getOneWithMetadata(namespace, key, { type, cacheTtl }) {
  checkKey("GET", key);
  checkCacheTtl("GET", cacheTtl);
  const found = ops.kv_get(namespace, key, WANTED[type ?? "text"] ?? 0, true);
  if (found === null) return { value: null, metadata: null, cacheStatus: null };
  const value = await valueOf(found[0], type);
  return { value, metadata: found[1] === null ? null : parse(found[1]), cacheStatus: null };
}

/** Throws what is wrong with a key of a call with many. */
function checkOneOfMany(key, cacheTtl) {
  if (key === "") throw failed("GET_BULK", "400 Key names must not be empty");
  if (key === "." || key === "..") {
    throw failed("GET_BULK", `400 Illegal key name "${key}". Please use a different name.`);
  }
  checkKeyLength("GET_BULK", key);
  checkCacheTtl("GET_BULK", cacheTtl);
}

function parseOneOfMany(value) {
  try {
    return parse(value);
  } catch {
    throw failed("GET_BULK", "400 At least one of the requested keys corresponds to a non-json value");
  }
}

async function getMany(namespace, keys, { type, cacheTtl }, withMetadata) {
  if (type && type !== "text" && type !== "json") {
    throw failed("GET_BULK", `400 "${type}" is not a valid type. Use "json" or "text"`);
  }
  if (keys.length > KEYS_AT_ONCE_MAX) throw failed("GET_BULK", `400 You can request a maximum of ${KEYS_AT_ONCE_MAX} keys`);
  if (keys.length < 1) throw failed("GET_BULK", "400 You must request a minimum of 1 key");
  for (let i = 0; i < keys.length; i++) checkOneOfMany(keys[i], cacheTtl);
  const found = await ops.kv_get_many(namespace, keys);
  const values = new Map();
  for (let i = 0; i < keys.length; i++) {
    const [value, metadata] = [found[2 * i], found[2 * i + 1]];
    let given = value === null || type !== "json" ? value : parseOneOfMany(value);
    if (given !== null && withMetadata) given = { value: given, metadata: metadata === null ? null : parse(metadata) };
    values.set(keys[i], given);
  }
  return values;
}

/** What `put` hands over: a string, bytes, or a stream. */
function checkValue(value) {
  if (typeof value === "string" || value instanceof ArrayBuffer || viewOf(value)) return value;
  if (isReadableStream(value)) {
    if (isLocked(value)) throw new TypeError("The ReadableStream has been locked to a reader.");
    if (isDisturbed(value)) throw new TypeError("This ReadableStream did not return bytes.");
    return value;
  }
  throw new TypeError("KV put() accepts only strings, ArrayBuffers, ArrayBufferViews, and ReadableStreams as values.");
}

/** The second from which on the entry is gone, or null. */
function checkExpiry(expiration, expirationTtl) {
  const now = trunc(Date.now() / 1000);
  if (expirationTtl !== undefined) {
    const refused = (reason) => failed("PUT", `400 Invalid expiration_ttl of ${expirationTtl}. ${reason}`);
    if (expirationTtl <= 0) throw refused("Please specify integer greater than 0.");
    if (expirationTtl < TTL_MIN) throw refused(`Expiration TTL must be at least ${TTL_MIN}.`);
    return now + expirationTtl;
  }
  if (expiration === undefined) return null;
  const refused = (reason) => failed("PUT", `400 Invalid expiration of ${expiration}. ${reason}`);
  if (expiration <= now) {
    throw refused("Please specify integer greater than the current number of seconds since the UNIX epoch.");
  }
  if (expiration < now + TTL_MIN) throw refused(`Expiration times must be at least ${TTL_MIN} seconds in the future.`);
  return expiration;
}

function checkMetadata(metadata) {
  // What JSON has no text for.
  if (metadata === undefined) throw failed("PUT", "500 Internal Server Error");
  const length = lengthAbove(METADATA_BYTES_MAX, metadata);
  if (length > 0) throw failed("PUT", `413 Metadata length of ${length} exceeds limit of ${METADATA_BYTES_MAX}.`);
}

function readPutOptions(options) {
  if (options === undefined || options === null) return { expiration: undefined, expirationTtl: undefined, metadata: undefined };
  if (!isObject(options)) throw wrongArgument("put", 3, "PutOptions");
  const { expiration } = options;
  const at = expiration === undefined ? undefined : integer(expiration);
  const { expirationTtl } = options;
  const after = expirationTtl === undefined ? undefined : integer(expirationTtl);
  return { expiration: at, expirationTtl: after, metadata: options.metadata };
}

async function put(namespace, key, value, { expiration, expirationTtl, metadata }) {
  checkKey("PUT", key);
  const hasMetadata = metadata !== undefined && metadata !== null;
  const metadataText = hasMetadata ? stringify(metadata) : null;
  checkValue(value);
  const expires = checkExpiry(expiration, expirationTtl);
  if (hasMetadata) checkMetadata(metadataText);
  if (typeof value === "string" || !isReadableStream(value)) return ops.kv_put(namespace, key, value, expires, metadataText);
  let broken = null;
  const body = internals.body.send(internals.body.extract(value), (reason) => {
    broken = { reason };
  });
  try {
    await ops.kv_put(namespace, key, body, expires, metadataText);
  } catch (error) {
    throw broken === null ? error : broken.reason;
  }
}

/** The key after which a page begins, in UTF-8; of a cursor that is none, null. */
function fromCursor(cursor) {
  try {
    const bytes = Uint8Array.fromBase64(cursor);
    return bytes.byteLength === 0 ? null : bytes;
  } catch {
    return null;
  }
}

async function list(namespace, options) {
  let limit = LISTED_MAX;
  let prefix = "";
  let after = null;
  if (options !== undefined && options !== null) {
    if (!isObject(options)) throw wrongArgument("list", 1, "ListOptions");
    const { limit: most } = options;
    const asked = most === undefined ? 0 : integer(most);
    const { prefix: start } = options;
    if (start !== undefined && start !== null) prefix = text(start);
    const { cursor } = options;
    if (cursor !== undefined && cursor !== null) after = fromCursor(text(cursor));
    if (asked > 0) limit = asked;
  }
  if (limit > LISTED_MAX) {
    throw failed("GET", `400 Invalid key_count_limit of ${limit}. Please specify an integer less than ${LISTED_MAX}.`);
  }
  checkKeyLength("GET", prefix);
  const page = parse(await ops.kv_list(namespace, prefix, after, limit));
  if (!page.list_complete) page.cursor = encodeUtf8(page.keys.at(-1).name).toBase64();
  page.cacheStatus = null;
  return page;
}

const FROM_RUNTIME = Symbol("made by the runtime");

let numberOf;

class KvNamespace {
  #number;

  static {
    numberOf = (namespace) => {
      if (typeof namespace !== "object" || namespace === null || !(#number in namespace)) throw internals.illegalInvocation();
      return namespace.#number;
    };
  }

  constructor(key, id) {
    if (key !== FROM_RUNTIME) throw new TypeError("Illegal constructor");
    this.#number = ops.kv_open(id);
  }

  // Arguments of these two that cannot be converted throw at once; all else rejects.

  get(key = undefined, options = undefined) {
    const namespace = numberOf(this);
    if (arguments.length === 0) throw wrongArgument("get", 1, "string or Array");
    if (isArray(key)) return getMany(namespace, key.map(text), readOptions(options), false);
    return getOne(namespace, text(key), readOptions(options));
  }

  async list(options = undefined) {
    return list(numberOf(this), options);
  }

  async put(key = undefined, value = undefined, options = undefined) {
    const namespace = numberOf(this);
    if (arguments.length === 0) throw wrongArgument("put", 1, "string");
    const name = text(key);
    if (arguments.length === 1) throw wrongArgument("put", 2, "string or Object");
    return put(namespace, name, isObject(value) ? value : text(value), readPutOptions(options));
  }

  getWithMetadata(key = undefined, options = undefined) {
    const namespace = numberOf(this);
    if (arguments.length === 0) throw wrongArgument("getWithMetadata", 1, "Array or string");
    if (isArray(key)) return getMany(namespace, key.map(text), readOptions(options), true);
    return getOneWithMetadata(namespace, text(key), readOptions(options));
  }

  async delete(key = undefined) {
    const namespace = numberOf(this);
    if (arguments.length === 0) throw wrongArgument("delete", 1, "string");
    const name = text(key);
    checkKey("DELETE", name);
    await ops.kv_delete(namespace, name);
  }
}

internals.conversions.defineBinding(KvNamespace, "KvNamespace");
internals.structuredClone.register(KvNamespace, () => {
  throw internals.domException("DataCloneError", "A KV namespace binding cannot be serialized.");
});
internals.bindings.define("kv", ({ id }) => new KvNamespace(FROM_RUNTIME, id));
