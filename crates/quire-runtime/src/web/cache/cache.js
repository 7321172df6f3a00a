// caches: https://developers.cloudflare.com/workers/runtime-apis/cache/

const { Request } = globalThis;
const { body: bodies, fetch: fetching, headers: headerLists, request: requests, response: responses } = internals;

const NAME_LENGTH_MAX = 1024;
const UNIMPLEMENTED_OPTIONS = ["cacheName", "ignoreSearch", "ignoreVary"];

/** The key of the default cache's entries; named ones have a colon in front of their names. */
const DEFAULT = "";

const wrongArgument = (method, interfaceName, position, type) =>
  new TypeError(`Failed to execute '${method}' on '${interfaceName}': parameter ${position} is not of type '${type}'.`);

const unimplemented = (method, interfaceName) =>
  new Error(`Failed to execute '${method}' on '${interfaceName}': the method is not implemented.`);

/** Whether the method of the request is to be ignored. */
function ignoresMethod(options, method) {
  if (options === undefined || options === null) return false;
  if (typeof options !== "object" && typeof options !== "function") {
    throw wrongArgument(method, "Cache", 2, "CacheQueryOptions");
  }
  for (const name of UNIMPLEMENTED_OPTIONS) {
    if (options[name] !== undefined) {
      throw new Error(`The '${name}' field on 'CacheQueryOptions' is not implemented.`);
    }
  }
  return Boolean(options.ignoreMethod);
}

function toRequest(input, given, method) {
  if (given === 0) throw wrongArgument(method, "Cache", 1, "Request or string");
  return requests.isRequest(input) ? input : new Request(input);
}

/** Under which URL a request's response is kept. */
function keyOf(request) {
  const { cf } = requests.state(request);
  const key = cf?.cacheKey;
  const url = key === undefined || key === null ? request.url : `${key}`;
  if (!url.startsWith("http:") && !url.startsWith("https:")) {
    if (internals.url.parse(url) !== null) throw new TypeError(`Fetch API cannot load: ${url}`);
    throw new TypeError("Invalid URL. Cache API keys must be fully-qualified, valid URLs.");
  }
  const fragment = url.indexOf("#");
  return fragment < 0 ? url : url.slice(0, fragment);
}

const FROM_RUNTIME = Symbol("made by the runtime");

class Cache {
  #name;

  constructor(key, name) {
    if (key !== FROM_RUNTIME) throw new TypeError("Illegal constructor");
    this.#name = name;
  }

  async match(request, options = undefined) {
    const name = this.#name;
    request = toRequest(request, arguments.length, "match");
    const anyMethod = ignoresMethod(options, "match");
    if (request.method !== "GET" && !anyMethod) return undefined;
    const head = await ops.cache_match(name, keyOf(request), fetching.headerLines(request));
    return head === null ? undefined : fetching.responseFrom(head, false, null);
  }

  async put(request, response) {
    const name = this.#name;
    request = toRequest(request, arguments.length, "put");
    if (!responses.isResponse(response)) throw wrongArgument("put", "Cache", 2, "Response");
    if (response.type === "error") throw new TypeError("Cache is unable to store an error response");
    if (request.method !== "GET") throw new TypeError("Cannot cache response to non-GET request.");
    const { status, headers } = response;
    if (status === 206) throw new TypeError("Cannot cache response to a range request (206 Partial Content).");
    if (headers.get("vary")?.includes("*")) throw new TypeError("Cannot cache response with 'Vary: *' header.");
    if (status === 304) return;
    if (response.webSocket !== null) throw new TypeError("Cannot cache WebSocket upgrade response.");
    const key = keyOf(request);
    const content = bodies.content(response);
    if (content !== null && !bodies.isUsed(content) && content.stream !== null && internals.streams.isLocked(content.stream)) {
      throw new TypeError("The ReadableStream has been locked to a reader.");
    }
    const lines = headerLists.list(headers).join("\n");
    let broken = null;
    const body = bodies.send(content, (reason) => {
      broken = { reason };
    });
    try {
      await ops.cache_put(name, key, request.headers.has("authorization"), status, lines, body);
    } catch (error) {
      throw broken === null ? error : broken.reason;
    }
  }

  async delete(request, options = undefined) {
    const name = this.#name;
    request = toRequest(request, arguments.length, "delete");
    const anyMethod = ignoresMethod(options, "delete");
    if (request.method !== "GET" && !anyMethod) return false;
    return ops.cache_delete(name, keyOf(request));
  }

  async add() {
    throw unimplemented("add", "Cache");
  }

  async addAll() {
    throw unimplemented("addAll", "Cache");
  }

  async matchAll() {
    throw unimplemented("matchAll", "Cache");
  }

  async keys() {
    throw unimplemented("keys", "Cache");
  }
}

class CacheStorage {
  #default;

  constructor(key) {
    if (key !== FROM_RUNTIME) throw new TypeError("Illegal constructor");
    this.#default = new Cache(FROM_RUNTIME, DEFAULT);
  }

  get default() {
    return this.#default;
  }

  async open(name) {
    // Whoever is no CacheStorage has none.
    void this.#default;
    if (arguments.length === 0) throw wrongArgument("open", "CacheStorage", 1, "string");
    name = `${name}`;
    if (name.length >= NAME_LENGTH_MAX) throw new TypeError("Cache name is too long.");
    return new Cache(FROM_RUNTIME, `:${name}`);
  }

  async has() {
    throw unimplemented("has", "CacheStorage");
  }

  async match() {
    throw unimplemented("match", "CacheStorage");
  }

  async delete() {
    throw unimplemented("delete", "CacheStorage");
  }

  async keys() {
    throw unimplemented("keys", "CacheStorage");
  }
}

internals.defineClass(Cache, "Cache");
internals.defineClass(CacheStorage, "CacheStorage");
internals.expose("Cache", Cache);
internals.expose("CacheStorage", CacheStorage);
internals.exposeEnumerable("caches", new CacheStorage(FROM_RUNTIME));
