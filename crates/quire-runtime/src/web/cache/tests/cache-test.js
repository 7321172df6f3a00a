const { default: cache } = caches;
const FRESH = { "cache-control": "max-age=100" };
let count = 0;
const next = () => `https://cache.example/${count++}`;
const pause = () => new Promise((resolve) => setTimeout(resolve, 1));

test("what was put is found, in its own cache", async () => {
  const url = next();
  await cache.put(url, new Response("body", { headers: { ...FRESH, "x-a": "1" } }));
  const found = await cache.match(`${url}#fragment`);
  assertEquals([found.status, found.headers.get("x-a"), found.headers.get("cf-cache-status"), found.headers.get("age")], [200, "1", "HIT", "0"]);
  assertEquals(await found.text(), "body");
  const named = await caches.open("named");
  assertEquals(await named.match(url), undefined);
  assertEquals([await named.delete(url), await cache.delete(url), await cache.delete(url)], [false, true, false]);
});

test("a large body, whole and in ranges", async () => {
  const url = next();
  const bytes = new Uint8Array(700_000).map((_, index) => index * 31);
  await cache.put(url, new Response(bytes, { headers: FRESH }));
  const whole = new Uint8Array(await (await cache.match(url)).arrayBuffer());
  assertEquals(whole.length, bytes.length);
  assert(whole.every((byte, index) => byte === bytes[index]));
  const part = await cache.match(new Request(url, { headers: { range: "bytes=300000-599999" } }));
  assertEquals([part.status, part.headers.get("content-length"), part.headers.get("content-range")], [206, "300000", "bytes 300000-599999/700000"]);
  const slice = new Uint8Array(await part.arrayBuffer());
  assert(slice.length === 300000 && slice.every((byte, index) => byte === bytes[300000 + index]));
});

test("half a body is seen by nobody", async () => {
  const url = next();
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  const body = new ReadableStream({
    async start(controller) {
      controller.enqueue(new Uint8Array(300_000));
      await held;
      controller.enqueue(new Uint8Array(1));
      controller.close();
    },
  });
  const put = cache.put(url, new Response(body, { headers: FRESH }));
  for (let i = 0; i < 5; i++) await pause();
  assertEquals(await cache.match(url), undefined);
  release();
  await put;
  assertEquals((await (await cache.match(url)).arrayBuffer()).byteLength, 300_001);
});

test("a body that fails leaves what was there, and put rejects with its error", async () => {
  const url = next();
  await cache.put(url, new Response("first", { headers: FRESH }));
  const reason = new RangeError("broken");
  const body = new ReadableStream({ async pull(controller) { controller.enqueue(new Uint8Array(10)); await pause(); controller.error(reason); } });
  assert((await assertRejects(cache.put(url, new Response(body, { headers: FRESH })))) === reason);
  assertEquals(await (await cache.match(url)).text(), "first");
});

test("a clone is stored while the original is read", async () => {
  const url = next();
  const response = new Response(new ReadableStream({ start(c) { c.enqueue(new TextEncoder().encode("both")); c.close(); } }), { headers: FRESH });
  const put = cache.put(url, response.clone());
  assertEquals(await response.text(), "both");
  await put;
  assertEquals(await (await cache.match(url)).text(), "both");
});

test("what put refuses", async () => {
  const url = next();
  const response = (init) => new Response("x", init);
  await assertRejects(cache.put(new Request(url, { method: "POST" }), response()), TypeError, "Cannot cache response to non-GET request.");
  await assertRejects(cache.put(url, response({ status: 206 })), TypeError, "Cannot cache response to a range request");
  await assertRejects(cache.put(url, response({ headers: { vary: "a, *" } })), TypeError, "Cannot cache response with 'Vary: *' header.");
  await assertRejects(cache.put(url, Response.error()), TypeError, "Cache is unable to store an error response");
  await assertRejects(cache.put("/relative", response()), TypeError, "Invalid URL: /relative");
  await assertRejects(cache.put("ftp://a/", response()), TypeError, "Fetch API cannot load: ftp://a/");
  await assertRejects(cache.match(url, { ignoreSearch: true }), Error, "The 'ignoreSearch' field");
  await assertRejects(caches.open("x".repeat(1024)), TypeError, "Cache name is too long.");
  assertThrows(() => new Cache(), TypeError, "Illegal constructor");
});

test("many puts and matches at once", async () => {
  const urls = Array.from({ length: 6 }, next);
  await Promise.all(urls.map(async (url, index) => {
    for (let turn = 0; turn < 5; turn++) {
      await cache.put(url, new Response(`${index}:${turn}`.repeat(turn * 2000), { headers: FRESH }));
      const text = await (await cache.match(url)).text();
      assertEquals(text, `${index}:${turn}`.repeat(turn * 2000));
    }
  }));
});
