// fetch(): https://fetch.spec.whatwg.org/#fetch-method, as Workers have it.

const { body: bodies, headers: headerLists, request: requests, response: responses } = internals;

/** What the native side says of a response: see heads.rs. What there is none of is `null`. */
function readHead(head) {
  const [status, statusText, body, redirected, socket, url, ...lines] = head.split("\n");
  const number = (text) => (text === "" ? null : +text);
  return { status: +status, statusText, body: number(body), redirected: redirected === "1", socket: number(socket), url, headers: headerLists.create(lines, true) };
}

/** Builds the Response from that. */
function responseFrom(text, redirected, signal) {
  const head = readHead(text);
  const state = new responses.State();
  state.status = head.status;
  state.statusText = head.statusText;
  state.url = head.url;
  state.redirected = redirected ?? head.redirected;
  state.headers = head.headers;
  if (head.socket !== null) state.webSocket = internals.webSocket.create(head.socket);
  return responses.create(state, head.body === null ? null : bodies.native(head.body, signal));
}

/** What the native side is told of a request: see heads.rs. `lines` are its headers. */
function writeHead(number, method, url, extra, lines) {
  const head = `${number === 0 ? "" : number}\n${method}\n${url}\n${extra}`;
  return lines === "" ? head : `${head}\n${lines}`;
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
  checkNotAborted(signal, bodies.content(request));
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
  const upgrade = headerLists.get(headerLists.list(request.headers), "upgrade");
  let asked = state.redirect === "follow" ? "f" : "";
  if (state.encodeResponseBody === "manual") asked += "m";
  if (upgrade !== null && upgrade !== undefined && upgrade.toLowerCase() === "websocket") asked += "w";
  return exchange(signal, null, (number, failed) => {
    const body = bodies.send(bodies.content(request), failed);
    return ops.fetch(writeHead(number, state.method, url, asked, lines), body);
  });
}

function checkNotAborted(signal, content) {
  if (signal === null || !internals.abort.isAborted(signal)) return;
  bodies.discard(content, internals.abort.reason(signal));
  throw internals.abort.reason(signal);
}

/**
 * The response of an exchange that `start(number, failed)` begins. `number` is that by which `signal` can abort it, or 0;
 * `failed` is to learn of the error that breaks the request's own stream off. `content` is discarded if the signal is aborted already.
 * `remote`, whom the request goes to, is told why there is no response if it wants to know.
 */
async function exchange(signal, content, start, redirected = undefined, remote = null) {
  checkNotAborted(signal, content);
  const number = signal === null ? 0 : ops.fetch_number();
  let failure = null;
  const pending = start(number, (error) => {
    failure = { error };
  });
  try {
    const head = signal === null ? await pending : await abortable(pending, signal, number);
    if (typeof head === "string") return responseFrom(head, redirected, signal);
    if (responses.isResponse(head)) {
      if (redirected) responses.state(head).redirected = true;
      return head;
    }
    remote?.noteFailure?.(...head);
    throw internals.thrown.read(...head);
  } catch (error) {
    // What became of the request's own stream says more than that the connection ended.
    throw failure === null ? error : failure.error;
  }
}

/** Rejects with the signal's reason as soon as it fires, and ends the exchange then. */
async function abortable(pending, signal, number) {
  const { promise, reject } = Promise.withResolvers();
  let head = null;
  const stop = internals.abort.addAlgorithm(signal, () => {
    ops.fetch_abort(number);
    // Lets the connection go though nobody reads from it.
    const body = typeof head === "string" ? readHead(head).body : null;
    if (body !== null) ops.body_cancel(body);
    reject(internals.abort.reason(signal));
  });
  try {
    head = await Promise.race([pending, promise]);
    if (typeof head !== "string") stop();
    return head;
  } catch (error) {
    stop();
    throw error;
  }
}

const fetch = function fetch(input, init = undefined) {
  if (this !== undefined && this !== null && this !== globalThis) return Promise.reject(internals.illegalInvocation());
  return fetchFrom(input, init);
};

internals.expose("fetch", fetch);
internals.fetch = {
  exchange,
  headerLines,
  readHead,
  responseFrom,
  toRequest,
  writeHead,
};
