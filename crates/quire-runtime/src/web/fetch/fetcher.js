// Fetcher, the class of bindings that answer requests, such as `env.ASSETS`. Its members besides `fetch` and `connect` are calls; see
// core/workers/rpc.js.

const { body: bodies, request: requests, response: responses } = internals;
const { exchange } = internals.fetch;
const NativeTypeError = TypeError;

const REDIRECTS_MAX = 20;
const REDIRECT_STATUSES = [301, 302, 303, 307, 308];
const FROM_BINDING = Symbol("from binding");

let isFetcher, remoteOf;

class Given {
  constructor(object) {
    return object;
  }
}

class Fetcher extends Given {
  #answer;
  #remote;

  static {
    isFetcher = (value) => ((typeof value === "object" && value !== null) || typeof value === "function") && #answer in value;
    remoteOf = (fetcher) => fetcher.#remote;
  }

  constructor(key, answer, remote, object) {
    if (key !== FROM_BINDING) throw new NativeTypeError("Illegal constructor");
    super(object);
    this.#answer = answer;
    this.#remote = remote;
  }

  fetch(input, init = undefined) {
    if (!isFetcher(this)) throw internals.illegalInvocation();
    return this.#fetch(...arguments);
  }

  async #fetch(input, init = undefined) {
    if (arguments.length === 0) throw new NativeTypeError("Failed to execute 'fetch' on 'Fetcher': parameter 1 is not of type 'Request or string'.");
    let request = internals.fetch.toRequest(input, init);
    if (!request.url.startsWith("http:") && !request.url.startsWith("https:")) throw new NativeTypeError(`Fetch API cannot load: ${request.url}`);
    const state = requests.state(request);
    const follows = state.redirect === "follow";
    let kept = follows ? keep(bodies.content(request)) : null;
    let seen = null;
    for (let count = 0; ; count++) {
      const sent = request;
      const response = await exchange(state.signal, bodies.content(sent), (number, failed) => this.#answer(sent, number, failed), count > 0, this.#remote);
      const location = follows && REDIRECT_STATUSES.includes(response.status) ? response.headers.get("location") : null;
      if (location === null) return response;
      (seen ??= []).push(sent.url);
      if (count === REDIRECTS_MAX) throw new NativeTypeError(`Too many redirects.${seen.join(", ")}`);
      bodies.discard(bodies.content(response), undefined);
      [request, kept] = redirected(request, kept, response.status, location);
    }
  }

  connect(address, options = undefined) {
    if (!isFetcher(this)) throw internals.illegalInvocation();
    throw new NativeTypeError("Incoming CONNECT on a worker not supported");
  }
}

/** How any other member of a fetcher, and of a stub, is read: core/workers/rpc.js fills it. */
const memberTraps = {};
/**
 * What asks for those members, in the prototype chain. It gets there before anything inherits from a fetcher: had it come later, the engine
 * would treat every array from then on as one whose elements may be intercepted, which makes them several times slower.
 */
const members = new Proxy({ __proto__: Object.prototype }, memberTraps);
Object.setPrototypeOf(Fetcher.prototype, members);

/** A copy of what a body consists of, to send it again. `undefined` if it can be sent only once. */
function keep(content) {
  if (content === null) return null;
  return content.stream === null && typeof content.source !== "number" && content.source.number === undefined
    ? bodies.cloneContent(content)
    : undefined;
}

/** The request that a redirect asks for, and again a copy of its body. */
function redirected(request, kept, status, location) {
  const { method } = request;
  if (kept === undefined && status !== 303) {
    throw new NativeTypeError(
      "A request with a one-time-use body (it was initialized from a stream, not a buffer) encountered a redirect requiring the body to be retransmitted. To avoid this error in the future, construct this request from a buffer-like body initializer.",
    );
  }
  let url;
  try {
    url = new URL(location, request.url);
  } catch {
    throw new NativeTypeError("Invalid Location header; unable to follow redirect.");
  }
  const toGet = status === 303 ? method !== "HEAD" : status < 303 && method === "POST";
  const { headers } = request;
  const next = new Request(url, { method: toGet ? "GET" : method, headers, cf: requests.state(request).cf });
  if (toGet || kept === null) return [next, null];
  bodies.setContent(next, kept);
  return [next, bodies.cloneContent(kept)];
}

internals.defineClass(Fetcher, "Fetcher");
Object.assign(internals.fetch, {
  Fetcher,
  /**
   * A Fetcher. `answer(request, number, failed)` gives a promise of what the native side says of the response, or of a Response; `number` is that
   * by which the request can be aborted, or 0. `remote` says how it is called otherwise. `object` becomes the fetcher, if given.
   */
  fetcher: (answer, remote = null, object = undefined) => new Fetcher(FROM_BINDING, answer, remote, object),
  isFetcher,
  remoteOf,
  members,
  memberTraps,
});
