// fetch(): https://fetch.spec.whatwg.org/#fetch-method, as Workers have it; and Fetcher, the class of
// bindings that answer requests, such as `env.ASSETS`.

const { body: bodies, headers: headerLists, request: requests, response: responses } = internals;

/** Builds the Response from what the native side says of it. */
function responseFrom(head, redirected, signal) {
  const [status, statusText, url, lines, body, , socket] = head;
  const state = new responses.State();
  state.status = status;
  state.statusText = statusText;
  state.url = url;
  state.redirected = redirected;
  state.headers = headerLists.create(lines === "" ? [] : lines.split("\n"), true);
  if (socket !== undefined) state.webSocket = internals.webSocket.create(socket);
  return responses.create(state, body === null ? null : bodies.native(body, signal));
}

function toRequest(input, init) {
  return requests.isRequest(input) && init === undefined ? input : new Request(input, init);
}

function headerLines(request) {
  return headerLists.list(request.headers).join("\n");
}

function dataUrlResponse(url, method) {
  const parsed = ops.parse_data_url(url);
  if (parsed === null) throw new TypeError("Invalid data: URL.");
  const [type, bytes] = parsed;
  return new Response(method === "GET" ? bytes : null, { statusText: "OK", headers: { "content-type": type } });
}

async function fetchFrom(input, init) {
  const request = toRequest(input, init);
  const state = requests.state(request);
  const { url } = request;
  if (state.fetcher) return state.fetcher.fetch(request);
  if (url.startsWith("data:")) return dataUrlResponse(url, state.method);
  if (!url.startsWith("http:") && !url.startsWith("https:")) {
    throw new TypeError(`Fetch API cannot load: ${url}`);
  }
  const signal = state.signal ?? (internals.compatibility.request_signal_passthrough ? request.signal : null);
  if (signal !== null && internals.abort.isAborted(signal)) {
    bodies.discard(bodies.content(request), internals.abort.reason(signal));
    throw internals.abort.reason(signal);
  }
  const { cf } = state;
  if (cf !== undefined && cf.cacheTtl !== undefined && cf.cacheControl !== undefined) {
    throw new TypeError("The 'cacheControl' and 'cacheTtl' options on cf are mutually exclusive. Use 'cacheControl' for explicit Cache-Control header directives, or 'cacheTtl' for a simplified TTL, but not both.");
  }
  let lines = headerLines(request);
  if (state.cache !== undefined) {
    const list = headerLists.list(request.headers).slice();
    for (const name of ["cache-control", "pragma"]) if (!headerLists.has(list, name)) list.push(name, "no-cache");
    lines = list.join("\n");
  }
  const number = signal === null ? 0 : ops.fetch_number();
  const upgrade = headerLists.get(headerLists.list(request.headers), "upgrade");
  const websocket = upgrade !== null && upgrade !== undefined && upgrade.toLowerCase() === "websocket";
  let failure = null;
  const body = bodies.send(bodies.content(request), (error) => {
    failure = { error };
  });
  const manual = state.encodeResponseBody === "manual";
  const pending = ops.fetch(number, state.method, url, lines, body, state.redirect === "follow", manual, websocket);
  try {
    return signal === null ? finish(await pending, null) : await abortable(pending, signal, number);
  } catch (error) {
    // What became of the request's own stream says more than that the connection ended.
    throw failure === null ? error : failure.error;
  }
}

function finish(head, signal) {
  return responseFrom(head, head[5], signal);
}

/** Rejects with the signal's reason as soon as it fires, and ends the exchange then. */
async function abortable(pending, signal, number) {
  const { promise, reject } = Promise.withResolvers();
  let head = null;
  const stop = internals.abort.addAlgorithm(signal, () => {
    ops.fetch_abort(number);
    // Lets the connection go though nobody reads from it.
    if (head !== null && head[4] !== null) ops.body_cancel(head[4]);
    reject(internals.abort.reason(signal));
  });
  try {
    head = await Promise.race([pending, promise]);
    return finish(head, signal);
  } catch (error) {
    stop();
    throw error;
  }
}

const fetch = function fetch(input, init = undefined) {
  if (this !== undefined && this !== null && this !== globalThis) return Promise.reject(internals.illegalInvocation());
  return fetchFrom(input, init);
};

const REDIRECTS_MAX = 20;
const REDIRECT_STATUSES = [301, 302, 303, 307, 308];
const FROM_BINDING = Symbol("from binding");

let isFetcher;

/** A binding that answers requests. */
class Fetcher {
  #answer;

  static {
    isFetcher = (value) => typeof value === "object" && value !== null && #answer in value;
  }

  constructor(key, answer) {
    if (key !== FROM_BINDING) throw new TypeError("Illegal constructor");
    this.#answer = answer;
  }

  async fetch(input, init = undefined) {
    if (!isFetcher(this)) throw internals.illegalInvocation();
    let request = toRequest(input, init);
    let response = await this.#answer(request);
    const { redirect } = requests.state(request);
    for (let count = 0; redirect === "follow" && REDIRECT_STATUSES.includes(response.status); count++) {
      const location = response.headers.get("location");
      if (location === null) break;
      if (count === REDIRECTS_MAX) throw new TypeError("Too many redirects.");
      const next = new Request(new URL(location, request.url), { method: request.method === "HEAD" ? "HEAD" : "GET", headers: request.headers });
      response = await this.#answer(next);
      responses.state(response).redirected = true;
      request = next;
    }
    return response;
  }
}

internals.defineClass(Fetcher, "Fetcher");
internals.expose("fetch", fetch);
internals.fetch = {
  /** A Fetcher that answers by `answer(request)`. */
  fetcher: (answer) => new Fetcher(FROM_BINDING, answer),
  isFetcher,
  headerLines,
  responseFrom,
};
