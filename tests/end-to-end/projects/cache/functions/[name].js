const { default: cache } = caches;
const FRESH = { "cache-control": "max-age=100" };
const url = (name) => `https://cache.example/${name}`;
const told = async (action) => {
  try {
    return await action();
  } catch (error) {
    return `${error?.constructor?.name}: ${error?.message}`;
  }
};
/** What a response from the cache is, without what changes from run to run. */
const shown = async (response) => {
  if (response === undefined) return "nothing";
  const headers = Object.fromEntries(response.headers);
  for (const name of ["date", "age", "expires"]) if (name in headers) headers[name] = "…";
  return { status: response.status, statusText: response.statusText, headers, body: await response.text() };
};
const put = async (name, body, headers = FRESH, status = 200, request = {}) => {
  await cache.delete(url(name));
  return cache.put(new Request(url(name), request), new Response(body, { status, headers }));
};
/** Whether a response with these headers is stored. */
const stored = async (name, headers, status = 200, request = {}) => {
  const result = await told(() => put(name, [204, 304].includes(status) ? null : "body", headers, status, request));
  if (typeof result === "string") return result;
  return (await cache.match(url(name))) !== undefined;
};
const later = (time) => new Promise((resolve) => setTimeout(resolve, time));
const seconds = (offset) => new Date(Date.now() + offset * 1000).toUTCString();

const checks = {
  hit: async (name) => {
    await put(name, "hello", { ...FRESH, "content-type": "text/plain", "x-a": "1, 2" });
    return shown(await cache.match(url(name)));
  },
  miss: async (name) => shown(await cache.match(url(name))),
  kind: async (name) => {
    await put(name, "hello");
    const response = await cache.match(url(name));
    return [response.url, response.type, response.redirected, await told(() => { response.headers.set("a", "b"); return "set"; }), response.bodyUsed, response instanceof Response];
  },
  twice: async (name) => {
    await put(name, "hello");
    const [a, b] = [await cache.match(url(name)), await cache.match(url(name))];
    return [await a.text(), await b.text(), a === b];
  },
  replaced: async (name) => {
    await put(name, "one");
    await cache.put(url(name), new Response("two", { headers: FRESH }));
    return (await cache.match(url(name))).text();
  },
  remove: async (name) => {
    await put(name, "x");
    return [await cache.delete(url(name)), await cache.delete(url(name)), await shown(await cache.match(url(name)))];
  },
  putGives: async (name) => String(await put(name, "x")),
  noFreshness: (name) => stored(name, {}),
  maxAge: (name) => stored(name, FRESH),
  maxAgeZero: (name) => stored(name, { "cache-control": "max-age=0" }),
  onlyPublic: (name) => stored(name, { "cache-control": "public" }),
  isPrivate: (name) => stored(name, { "cache-control": "private, max-age=100" }),
  noStore: (name) => stored(name, { "cache-control": "no-store, max-age=100" }),
  noCache: (name) => stored(name, { "cache-control": "no-cache, max-age=100" }),
  mustRevalidate: (name) => stored(name, { "cache-control": "max-age=100, must-revalidate" }),
  immutable: (name) => stored(name, { "cache-control": "immutable" }),
  sMaxAge: async (name) => [await stored(name, { "cache-control": "max-age=0, s-maxage=100" }), await stored(name, { "cache-control": "max-age=100, s-maxage=0" })],
  staleWhileRevalidate: (name) => stored(name, { "cache-control": "max-age=0, stale-while-revalidate=100" }),
  cacheControlCase: (name) => stored(name, { "cache-control": " Public , MAX-AGE=\"100\" " }),
  cacheControlBad: async (name) => [await stored(name, { "cache-control": "max-age=abc" }), await stored(name, { "cache-control": "max-age=-1" }), await stored(name, { "cache-control": "max-age=10, max-age=0" })],
  expires: async (name) => [await stored(name, { expires: seconds(60) }), await stored(name, { expires: seconds(-60) }), await stored(name, { expires: "0" }), await stored(name, { expires: seconds(60), "cache-control": "max-age=0" }), await stored(name, { expires: seconds(60), "cache-control": "public" })],
  expiresAndDate: async (name) => [await stored(name, { expires: seconds(60), date: seconds(-30) }), await stored(name, { "cache-control": "max-age=10", date: seconds(-30) })],
  ageGiven: (name) => stored(name, { "cache-control": "max-age=10", age: "20" }),
  lastModified: (name) => stored(name, { "last-modified": "Mon, 01 Jan 2024 00:00:00 GMT" }),
  cdnCacheControl: async (name) => [await stored(name, { "cdn-cache-control": "max-age=100" }), await stored(name, { "cloudflare-cdn-cache-control": "max-age=100" })],
  pragma: (name) => stored(name, { pragma: "no-cache", "cache-control": "max-age=100" }),
  setCookie: async (name) => {
    const plain = await stored(name, { ...FRESH, "set-cookie": "a=b" });
    const kept = await stored(name, { "cache-control": "max-age=100, private=set-cookie", "set-cookie": "a=b" });
    return [plain, kept, await shown(await cache.match(url(name)))];
  },
  authorization: async (name) => [
    await stored(name, FRESH, 200, { headers: { authorization: "x" } }),
    await stored(name, { "cache-control": "public, max-age=100" }, 200, { headers: { authorization: "x" } }),
    await stored(name, { "cache-control": "s-maxage=100" }, 200, { headers: { authorization: "x" } }),
  ],
  statuses: async (name) => {
    const results = {};
    for (const status of [200, 201, 202, 203, 204, 205, 206, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 410, 414, 421, 451, 500, 501, 502, 503, 504]) {
      results[status] = await stored(`${name}/${status}`, FRESH, status).catch(String);
    }
    return results;
  },
  statusesWithoutFreshness: async (name) => {
    const results = {};
    for (const status of [200, 301, 404, 410]) results[status] = await stored(`${name}/${status}`, {}, status);
    return results;
  },
  varyStar: (name) => stored(name, { ...FRESH, vary: "*" }),
  vary: async (name) => {
    await put(name, "en", { ...FRESH, vary: "accept-language" }, 200, { headers: { "accept-language": "en" } });
    return [await shown(await cache.match(new Request(url(name), { headers: { "accept-language": "de" } }))), await shown(await cache.match(url(name)))];
  },
  methods: async (name) => {
    const results = [];
    for (const method of ["POST", "HEAD", "PUT"]) results.push(await told(() => put(name, "x", FRESH, 200, { method })));
    await put(name, "x");
    for (const method of ["POST", "HEAD", "DELETE"]) {
      const request = new Request(url(name), { method });
      results.push(await shown(await cache.match(request)), (await shown(await cache.match(request, { ignoreMethod: true }))).status);
    }
    results.push(await cache.delete(new Request(url(name), { method: "POST" })), await cache.delete(new Request(url(name), { method: "POST" }), { ignoreMethod: true }));
    return results;
  },
  keys: async (name) => {
    await put(`${name}?a=1&b=2#f`, "x");
    const found = async (key) => (await cache.match(key)) !== undefined;
    return [await found(url(`${name}?a=1&b=2`)), await found(url(`${name}?b=2&a=1`)), await found(url(`${name}?a=1&b=2#other`)), await found(url(name)), await found(url(`${name}?a=1&b=2`).replace("https", "http")), await found(new URL(url(`${name}?a=1&b=2`))), await found(`HTTPS://CACHE.example/${name}?a=1&b=2`)];
  },
  keysWrong: async () => [
    await told(() => cache.match("/relative")),
    await told(() => cache.match("nothing")),
    await told(() => cache.match()),
    await told(() => cache.put("/relative", new Response("x", { headers: FRESH }))),
    await told(() => cache.put(url("x"))),
    await told(() => cache.put(url("x"), "text")),
    await told(() => cache.delete("/relative")),
    await told(() => cache.match("ftp://a.example/")),
    await told(() => cache.match(url("x"), 1)),
  ],
  putWrong: async (name) => {
    const used = new Response("x", { headers: FRESH });
    await used.text();
    const locked = new Response("x", { headers: FRESH });
    locked.body.getReader();
    return [await told(() => cache.put(url(name), used)), await told(() => cache.put(url(name), locked)), await told(() => cache.put(url(name), Response.error()))];
  },
  putUses: async (name) => {
    const fresh = new Response("x", { headers: FRESH });
    const stale = new Response("x");
    const discarded = new Response(null, { status: 304 });
    const waits = [cache.put(url(name), fresh), cache.put(url(`${name}2`), stale), cache.put(url(`${name}3`), discarded)];
    const used = [fresh.bodyUsed, stale.bodyUsed, discarded.bodyUsed];
    await Promise.all(waits);
    return used;
  },
  unimplemented: async (name) => {
    const results = [];
    for (const method of ["add", "addAll", "matchAll", "keys"]) results.push(await told(() => cache[method](url(name))));
    for (const method of ["has", "match", "delete", "keys"]) results.push(await told(() => caches[method]("x")));
    return results;
  },
  options: async (name) => {
    await put(name, "x");
    const results = [];
    for (const option of ["ignoreSearch", "ignoreVary", "cacheName"]) {
      results.push(await told(async () => (await shown(await cache.match(url(name), { [option]: true }))).status));
      results.push(await told(async () => (await shown(await cache.match(url(name), { [option]: false }))).status));
    }
    results.push(await told(async () => (await shown(await cache.match(url(name), null))).status), await told(() => cache.delete(url(name), { ignoreSearch: true })));
    return results;
  },
  conditional: async (name) => {
    const modified = "Mon, 01 Jan 2024 00:00:00 GMT";
    await put(name, "body", { ...FRESH, etag: '"a"', "last-modified": modified });
    const results = [];
    for (const headers of [
      { "if-none-match": '"a"' }, { "if-none-match": '"b"' }, { "if-none-match": 'W/"a"' }, { "if-none-match": '"b", "a"' }, { "if-none-match": "*" },
      { "if-modified-since": modified }, { "if-modified-since": "Sun, 31 Dec 2023 00:00:00 GMT" }, { "if-modified-since": "Tue, 02 Jan 2024 00:00:00 GMT" }, { "if-modified-since": "nonsense" },
      { "if-none-match": '"b"', "if-modified-since": modified },
      { "if-match": '"b"' }, { "if-unmodified-since": "Sun, 31 Dec 2023 00:00:00 GMT" },
    ]) {
      const response = await cache.match(new Request(url(name), { headers }));
      results.push(response === undefined ? "nothing" : [response.status, await response.text()]);
    }
    return results;
  },
  notModified: async (name) => {
    await put(name, "body", { ...FRESH, etag: '"a"', "content-type": "text/plain", "x-a": "1" });
    return shown(await cache.match(new Request(url(name), { headers: { "if-none-match": '"a"' } })));
  },
  conditionalWithout: async (name) => {
    await put(name, "body");
    return [await shown(await cache.match(new Request(url(name), { headers: { "if-none-match": '"a"' } }))), await shown(await cache.match(new Request(url(name), { headers: { "if-modified-since": seconds(10) } }))), (await shown(await cache.match(new Request(url(name), { headers: { "if-none-match": "*" } })))).status];
  },
  weakStored: async (name) => {
    await put(name, "body", { ...FRESH, etag: 'W/"a"' });
    const results = [];
    for (const tag of ['"a"', 'W/"a"', "a"]) results.push((await cache.match(new Request(url(name), { headers: { "if-none-match": tag } }))).status);
    return results;
  },
  ranges: async (name) => {
    await put(name, "0123456789", { ...FRESH, "content-type": "text/plain", etag: '"a"' });
    const results = {};
    for (const range of ["bytes=2-4", "bytes=5-", "bytes=-3", "bytes=0-0", "bytes=9-100", "bytes=10-", "bytes=4-2", "bytes=-0", "bytes=-100", "bytes=a-b", "items=1-2", "bytes=0-9", "bytes=0-100", "bytes= 1-2", "BYTES=1-2"]) {
      const response = await cache.match(new Request(url(name), { headers: { range } }));
      results[range] = response === undefined ? "nothing" : [response.status, response.headers.get("content-range"), response.headers.get("content-length"), await response.text()];
    }
    return results;
  },
  rangeHeaders: async (name) => {
    await put(name, "0123456789", { ...FRESH, "content-type": "text/plain", etag: '"a"' });
    return shown(await cache.match(new Request(url(name), { headers: { range: "bytes=2-4" } })));
  },
  rangeUnsatisfiable: async (name) => {
    await put(name, "0123456789", { ...FRESH, "content-type": "text/plain" });
    return shown(await cache.match(new Request(url(name), { headers: { range: "bytes=20-" } })));
  },
  rangesSeveral: async (name) => {
    await put(name, "0123456789", { ...FRESH, "content-type": "text/plain" });
    const response = await cache.match(new Request(url(name), { headers: { range: "bytes=0-1, 4-5" } }));
    const type = response.headers.get("content-type");
    const boundary = type.split("boundary=")[1];
    return [response.status, type.replace(boundary, "B"), (await response.text()).replaceAll(boundary, "B")];
  },
  rangeEmpty: async (name) => {
    await put(name, "", { ...FRESH });
    const response = await cache.match(new Request(url(name), { headers: { range: "bytes=0-" } }));
    return [response.status, response.headers.get("content-range"), await response.text()];
  },
  rangeAndCondition: async (name) => {
    await put(name, "0123456789", { ...FRESH, etag: '"a"' });
    return [(await cache.match(new Request(url(name), { headers: { range: "bytes=0-1", "if-none-match": '"a"' } }))).status, (await cache.match(new Request(url(name), { headers: { range: "bytes=0-1", "if-range": '"a"' } }))).status, (await cache.match(new Request(url(name), { headers: { range: "bytes=0-1", "if-range": '"b"' } }))).status];
  },
  redirect: async (name) => {
    await put(name, null, { ...FRESH, location: "/elsewhere" }, 302);
    return shown(await cache.match(url(name)));
  },
  statusText: async (name) => {
    await cache.delete(url(name));
    await cache.put(url(name), new Response("x", { headers: FRESH, status: 404, statusText: "Gone Fishing" }));
    return shown(await cache.match(url(name)));
  },
  nullBody: async (name) => {
    await put(name, null);
    const response = await cache.match(url(name));
    return [response.body === null, await response.text(), response.headers.get("content-length")];
  },
  headersGiven: async (name) => {
    await put(name, "12345", { ...FRESH, "content-length": "3", "cf-cache-status": "MISS", date: "Mon, 01 Jan 2024 00:00:00 GMT", age: "7", connection: "close", "transfer-encoding": "chunked", "x-a": "1", "cache-tag": "t" });
    return shown(await cache.match(url(name)));
  },
  age: async (name) => {
    await put(name, "x");
    const first = (await cache.match(url(name))).headers.get("age");
    await later(1100);
    const second = (await cache.match(url(name))).headers.get("age");
    return [first, second];
  },
  goesStale: async (name) => {
    await put(name, "x", { "cache-control": "max-age=1" });
    const before = (await cache.match(url(name))) !== undefined;
    await later(2100);
    return [before, (await cache.match(url(name))) !== undefined];
  },
  named: async (name) => {
    const [one, again, other] = [await caches.open("one"), await caches.open("one"), await caches.open("two")];
    for (const each of [cache, one, other]) await each.delete(url(name));
    await one.put(url(name), new Response("x", { headers: FRESH }));
    return [(await again.match(url(name))) !== undefined, (await other.match(url(name))) !== undefined, (await cache.match(url(name))) !== undefined, one === again, await again.delete(url(name)), await one.delete(url(name))];
  },
  names: async () => [
    await told(async () => String(await caches.open(""))),
    await told(async () => String(await caches.open("x".repeat(1023)))),
    await told(async () => String(await caches.open("x".repeat(1024)))),
    await told(async () => String(await caches.open("../ü/\0"))),
    await told(async () => String(await caches.open())),
    await told(async () => String(await caches.open("default"))),
  ],
  namedDefault: async (name) => {
    const named = await caches.open("default");
    await named.delete(url(name));
    await put(name, "x");
    return (await named.match(url(name))) !== undefined;
  },
  streamed: async (name) => {
    const body = new ReadableStream({
      async start(controller) {
        for (const part of ["one ", "two ", "three"]) {
          controller.enqueue(new TextEncoder().encode(part));
          await later(3);
        }
        controller.close();
      },
    });
    await put(name, body);
    return shown(await cache.match(url(name)));
  },
  streamFails: async (name) => {
    const body = new ReadableStream({
      async pull(controller) {
        controller.enqueue(new TextEncoder().encode("part"));
        await later(3);
        controller.error(new RangeError("broken"));
      },
    });
    return [await told(() => put(name, body)), await shown(await cache.match(url(name)))];
  },
  teed: async (name) => {
    const response = new Response(new ReadableStream({ start(controller) { controller.enqueue(new TextEncoder().encode("both")); controller.close(); } }), { headers: FRESH });
    await cache.delete(url(name));
    const wait = cache.put(url(name), response.clone());
    const own = await response.text();
    await wait;
    return [own, await (await cache.match(url(name))).text()];
  },
  binary: async (name) => {
    await put(name, Uint8Array.from({ length: 256 }, (_, index) => index));
    const bytes = new Uint8Array(await (await cache.match(url(name))).arrayBuffer());
    return [bytes.length, bytes.every((byte, index) => byte === index)];
  },
  big: async (name) => {
    const bytes = new Uint8Array(3_000_000).map((_, index) => index * 7);
    await put(name, bytes);
    const found = new Uint8Array(await (await cache.match(url(name))).arrayBuffer());
    const part = await cache.match(new Request(url(name), { headers: { range: "bytes=1000000-1999999" } }));
    const slice = new Uint8Array(await part.arrayBuffer());
    return [found.length, found.every((byte, index) => byte === bytes[index]), slice.length, slice.every((byte, index) => byte === bytes[1000000 + index])];
  },
  encoded: async (name) => {
    await put(name, "compressible ".repeat(20), { ...FRESH, "content-encoding": "gzip" });
    const response = await cache.match(url(name));
    return [response.headers.get("content-encoding"), (await response.text()).length];
  },
  shape: () => {
    const keys = (object) => { const all = []; for (const key in object) all.push(key); return all.sort().join(); };
    return [keys(caches), keys(cache), `${caches}`, `${cache}`, caches.default === caches.default, Object.getPrototypeOf(caches).constructor.name];
  },
  constructors: async () => [await told(() => new Cache()), await told(() => new CacheStorage())],
  cacheKey: async (name) => {
    const request = new Request(url(name), { cf: { cacheKey: url(`${name}/key`) } });
    await cache.delete(request);
    await cache.put(request, new Response("x", { headers: FRESH }));
    return [(await cache.match(url(name))) !== undefined, (await cache.match(request)) !== undefined, (await cache.match(url(`${name}/key`))) !== undefined];
  },
  requestHeadersIgnored: async (name) => {
    await put(name, "x");
    return (await shown(await cache.match(new Request(url(name), { headers: { "cache-control": "no-cache", pragma: "no-cache", cookie: "a=b", authorization: "x" } })))).status;
  },
};

export async function onRequest({ params, request }) {
  const { name } = params;
  const { pathname, search } = new URL(request.url);
  if (name === "stored") {
    // Sent to the client as it comes from the cache.
    const key = url("to-client");
    if (search === "?put") {
      await cache.put(key, new Response("stored for the client", { headers: { ...FRESH, "content-type": "text/plain", etag: '"s"' } }));
      return new Response("put");
    }
    return (await cache.match(new Request(key, { headers: request.headers }))) ?? new Response("nothing", { status: 404 });
  }
  const check = checks[name];
  if (!check) return new Response(`no such check: ${pathname}`, { status: 404 });
  const result = await told(() => check(name));
  return typeof result === "string" ? new Response(result) : Response.json(result);
}
