// fetch(): https://fetch.spec.whatwg.org/#fetch-method, as Workers have it; and Fetcher, the class of
// bindings that answer requests, such as `env.ASSETS`.

const { body: bodies, headers: headerLists, request: requests, response: responses } = internals;

/** Builds the Response from what the native side says of it. */
function responseFrom(head, redirected) {
  const [status, statusText, url, lines, body] = head;
  const state = new responses.State();
  state.status = status;
  state.statusText = statusText;
  state.url = url;
  state.redirected = redirected;
  state.headers = headerLists.create(lines === "" ? [] : lines.split("\n"), true);
  return responses.create(state, body === null ? null : bodies.native(body));
}

function toRequest(input, init) {
  return requests.isRequest(input) && init === undefined ? input : new Request(input, init);
}

function headerLines(request) {
  return headerLists.list(request.headers).join("\n");
}

function dataUrlResponse(url) {
  const parsed = ops.parse_data_url(url);
  if (parsed === null) throw new TypeError("Invalid data: URL.");
  const [type, bytes] = parsed;
  return new Response(bytes, { headers: { "content-type": type } });
}

async function fetchFrom(input, init) {
  const request = toRequest(input, init);
  const state = requests.state(request);
  const { url } = request;
  if (state.fetcher) return state.fetcher.fetch(request);
  if (url.startsWith("data:")) return dataUrlResponse(url);
  if (!url.startsWith("http:") && !url.startsWith("https:")) {
    throw new TypeError(`Fetch API cannot load: ${url}`);
  }
  state.signal?.throwIfAborted();
  const content = bodies.content(request);
  const replayable = bodies.isReplayable(content);
  let lines = headerLines(request);
  if (state.cache !== undefined) {
    lines += `${lines === "" ? "" : "\n"}cache-control\nno-cache${state.cache === "no-store" ? "\npragma\nno-cache" : ""}`;
  }
  const number = state.signal === null ? 0 : ops.fetch_number();
  const pending = ops.fetch(number, request.method, url, lines, bodies.send(content), state.redirect === "follow", replayable, init?.encodeResponseBody === "manual");
  if (state.signal === null) return finish(await pending);
  return abortable(pending, state.signal, number);
}

function finish(head) {
  return responseFrom(head, head[5]);
}

/** Rejects with the signal's reason as soon as it fires, and ends the exchange then. */
async function abortable(pending, signal, number) {
  const { promise, reject } = Promise.withResolvers();
  const stop = internals.abort.addAlgorithm(signal, () => {
    ops.fetch_abort(number);
    reject(signal.reason);
  });
  try {
    return finish(await Promise.race([pending, promise]));
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

/** A binding that answers requests. */
class Fetcher {
  #answer;

  constructor(key, answer) {
    if (key !== FROM_BINDING) throw new TypeError("Illegal constructor");
    this.#answer = answer;
  }

  async fetch(input, init = undefined) {
    if (typeof this !== "object" || !(#answer in this)) throw internals.illegalInvocation();
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
internals.expose("Fetcher", Fetcher);
internals.expose("fetch", fetch);
internals.fetch = {
  /** A Fetcher that answers by `answer(request)`. */
  fetcher: (answer) => new Fetcher(FROM_BINDING, answer),
  headerLines,
  responseFrom,
};
