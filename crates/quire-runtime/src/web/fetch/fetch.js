// fetch(): https://fetch.spec.whatwg.org/#fetch-method, as Workers have it.

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
  const websocket = upgrade !== null && upgrade !== undefined && upgrade.toLowerCase() === "websocket";
  const manual = state.encodeResponseBody === "manual";
  return exchange(signal, null, (number, failed) => {
    const body = bodies.send(bodies.content(request), failed);
    return ops.fetch(number, state.method, url, lines, body, state.redirect === "follow", manual, websocket);
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
 */
async function exchange(signal, content, start, redirected = undefined) {
  checkNotAborted(signal, content);
  const number = signal === null ? 0 : ops.fetch_number();
  let failure = null;
  const pending = start(number, (error) => {
    failure = { error };
  });
  try {
    return signal === null ? finish(await pending, null, redirected) : await abortable(pending, signal, number, redirected);
  } catch (error) {
    // What became of the request's own stream says more than that the connection ended.
    throw failure === null ? error : failure.error;
  }
}

function finish(head, signal, redirected) {
  if (responses.isResponse(head)) {
    if (redirected) responses.state(head).redirected = true;
    return head;
  }
  if (head[0] === null) throw internals.thrown.read(head[1], head[2], head[3]);
  return responseFrom(head, redirected ?? head[5], signal);
}

/** Rejects with the signal's reason as soon as it fires, and ends the exchange then. */
async function abortable(pending, signal, number, redirected) {
  const { promise, reject } = Promise.withResolvers();
  let head = null;
  const stop = internals.abort.addAlgorithm(signal, () => {
    ops.fetch_abort(number);
    // Lets the connection go though nobody reads from it.
    if (head !== null && typeof head[4] === "number") ops.body_cancel(head[4]);
    reject(internals.abort.reason(signal));
  });
  try {
    head = await Promise.race([pending, promise]);
    return finish(head, signal, redirected);
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
  responseFrom,
  toRequest,
};
