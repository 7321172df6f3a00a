// Request. What is expected was observed on the original, unless a test says otherwise.
const make = (init) => new Request("http://a/", init);
// What console writes: an object that shows itself is handed the function that makes the text.
function show(value) {
  let text;
  console.log({ [Symbol.for("nodejs.util.inspect.custom")]: (depth, options, inspect) => ((text = inspect(value, { depth: 2 })), "") });
  return text;
}
const post = (body, init = {}) => make({ method: "POST", body, ...init });

test("a request has these members and no others", () => {
  const names = [];
  for (const name in make()) names.push(name);
  assertEquals(
    names.join(),
    "clone,method,url,headers,redirect,fetcher,signal,cf,integrity,keepalive,cache,body,bodyUsed,arrayBuffer,bytes,text,json,formData,blob",
  );
  assertEquals([String(make()), Object.keys(make()), JSON.stringify(make())], ["[object Request]", [], "{}"]);
  const { enumerable, configurable, get, set } = Object.getOwnPropertyDescriptor(Request.prototype, "url");
  assertEquals([enumerable, configurable, set], [true, true, undefined]);
  for (const receiver of [{}, new Response(), Request.prototype]) assertThrows(() => get.call(receiver), TypeError, "Illegal invocation");
  assertThrows(() => Request("http://a/"), TypeError);
  assertThrows(() => new Body(), TypeError, "Illegal constructor");
});

test("what a request is by default", () => {
  const { method, redirect, fetcher, cf, integrity, keepalive, cache, body, bodyUsed, signal, mode, credentials, duplex } = make();
  assertEquals([method, redirect, fetcher, cf, integrity, keepalive], ["GET", "follow", null, undefined, "", false]);
  assertEquals([cache, body, bodyUsed, signal.aborted], [undefined, null, false, false]);
  assertEquals([mode, credentials, duplex], [undefined, undefined, undefined]);
});

test("the URL is absolute and normalised", () => {
  assertEquals(new Request("HTTP://USER:pw@EXAMPLE.com:80/a/../b?q#f").url, "http://USER:pw@example.com/b?q#f");
  assertEquals(new Request(new URL("http://a/b#c")).url, "http://a/b#c");
  assertEquals(new Request({ toString: () => "http://x" }).url, "http://x/");
  for (const url of ["/foo", "http://[", undefined, null]) assertThrows(() => new Request(url), TypeError, `Invalid URL: ${url}`);
  assertThrows(() => new Request(), TypeError);
});

test("methods are known ones, in upper case", () => {
  const methods = ["get", "patch", "Put", "DELETE", "trace", "options", "propfind", "MSEARCH", "purge", "query"];
  assertEquals(methods.map((method) => make({ method }).method), methods.map((method) => method.toUpperCase()));
  for (const method of ["FOO", "CONNECT", "", null, "link"]) {
    assertThrows(() => make({ method }), TypeError, `Invalid HTTP method string: ${method}`);
  }
});

test("a GET is not made with a body", () => {
  const refused = "Request with a GET or HEAD method cannot have a body.";
  assertThrows(() => make({ body: "x" }), TypeError, refused);
  assertThrows(() => make({ method: "HEAD", body: "" }), TypeError, refused);
  assertThrows(() => new Request(post("x"), { method: "GET" }), TypeError, refused);
  assertEquals([make({ body: null }).body, make({ body: undefined }).body], [null, null]);
});

test("redirect, cache, integrity and the members that are ignored", () => {
  assertEquals(make({ redirect: "manual" }).redirect, "manual");
  for (const redirect of ["x", "error", null]) assertThrows(() => make({ redirect }), TypeError, 'Invalid redirect value, must be one of "follow"');
  assertEquals(["no-store", "no-cache"].map((cache) => make({ cache }).cache), ["no-store", "no-cache"]);
  for (const cache of ["default", "reload", null]) assertThrows(() => make({ cache }), TypeError, `Unsupported cache mode: ${cache}`);
  assertThrows(() => make({ integrity: "sha256-x" }), TypeError);
  assertEquals(make({ integrity: "", keepalive: true }).keepalive, false);
  assertEquals(make({ mode: "bogus", credentials: "x", referrer: 5, window: 3, priority: "z", duplex: "w" }).url, "http://a/");
  for (const init of [5, "x"]) assertThrows(() => make(init), TypeError, "Failed to construct 'Request'");
  assertEquals([make(null).method, make([]).method, make(Object.assign(() => {}, { method: "PUT" })).method], ["GET", "GET", "PUT"]);
  assertThrows(() => make({ encodeResponseBody: "x" }), TypeError, "encodeResponseBody: unexpected value: x");
});

test("members of the wrong type", () => {
  for (const init of [{ signal: {} }, { cf: 5 }, { cf: null }, { fetcher: {} }, { headers: null }]) {
    assertThrows(() => make(init), TypeError, `Incorrect type for the '${Object.keys(init)[0]}' field on 'RequestInitializerDict'`);
  }
  assertEquals(make({ fetcher: null }).fetcher, null);
});

test("the signal is the one given, and copies share it", () => {
  const controller = new AbortController();
  const request = make({ signal: controller.signal });
  const copies = [new Request(request), request.clone(), new Request(request, { signal: undefined })];
  const cleared = new Request(request, { signal: null });
  assertEquals([request.signal === controller.signal, request.signal.aborted], [true, false]);
  controller.abort("why");
  assertEquals(copies.map(({ signal }) => signal.reason), ["why", "why", "why"]);
  assertEquals([cleared.signal instanceof AbortSignal, cleared.signal.aborted], [true, false]);
  assertEquals(make().signal instanceof AbortSignal, true);
});

test("cf is copied as JSON", () => {
  const cf = { a: { b: 1 }, f() {} };
  const request = make({ cf });
  cf.a.b = 2;
  request.cf.c = 3;
  const copy = request.clone();
  assertEquals([request.cf, new Request(request).cf], [{ a: { b: 1 }, c: 3 }, { a: { b: 1 }, c: 3 }]);
  assertEquals(copy.cf === request.cf, false);
  assertEquals(new Request(request, { cf: { z: 1 } }).cf, { z: 1 });
});

test("a request made from another takes its body", async () => {
  const source = post("hi", { headers: { a: "1" }, redirect: "manual", cache: "no-store" });
  const request = new Request(source);
  assertEquals([source.bodyUsed, request.bodyUsed, request.method, request.redirect, request.cache], [true, false, "POST", "manual", "no-store"]);
  assertEquals(await request.text(), "hi");
  await assertRejects(source.text(), TypeError, "Body has already been used.");
  assertThrows(() => new Request(source), TypeError, "Cannot reconstruct a Request with a used body.");
  assertEquals(await new Request(source, { body: "new" }).text(), "new");
  assertEquals(new Request(source, { body: null }).body, null);
});

test("another body leaves the source alone", async () => {
  const source = post("x");
  const request = new Request(source, { body: "y", method: "PUT" });
  assertEquals([source.bodyUsed, request.method, await request.text(), await source.text()], [false, "PUT", "y", "x"]);
});

test("a body that was touched or is a stream moves as well", async () => {
  const touched = post("hi");
  const before = touched.body;
  const moved = new Request(touched);
  assertEquals([touched.bodyUsed, before.locked, touched.body === before, await moved.text()], [true, true, true, "hi"]);
  const stream = post(new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array([113]));
      controller.close();
    },
  }));
  const other = new Request(stream);
  assertEquals([stream.bodyUsed, other.body === stream.body, await other.text()], [true, false, "q"]);
  const failing = new Request(post(new ReadableStream({ pull: () => Promise.reject(new RangeError("broken")) })));
  await assertRejects(failing.text(), RangeError, "broken");
  let cancelled = null;
  const left = new Request(post(new ReadableStream({ cancel: (reason) => void (cancelled = reason) })));
  await left.body.cancel("enough");
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(cancelled, "enough");
});

test("a locked body is not taken", () => {
  const request = post("hi");
  request.body.getReader();
  assertThrows(() => new Request(request), TypeError);
  assertThrows(() => request.clone(), TypeError, "This ReadableStream is currently locked to a reader");
});

test("headers of the initialiser replace all, the body's type is added", () => {
  const source = make({ headers: { a: "1", b: "2" } });
  assertEquals([...new Request(source, { headers: { c: "3" } }).headers], [["c", "3"]]);
  assertEquals([...new Request(source, { headers: undefined }).headers], [["a", "1"], ["b", "2"]]);
  assertEquals([...post("x", { headers: { "Content-Type": "a/b" } }).headers], [["content-type", "a/b"]]);
  assertEquals(new Request(post(new URLSearchParams("a=b")), { body: "s" }).headers.get("content-type"), "application/x-www-form-urlencoded;charset=UTF-8");
  const own = make();
  assertEquals(own.headers === own.headers, true);
});

test("clones are independent", async () => {
  const request = post("hi", { headers: { a: "1" } });
  const before = request.body;
  const copy = request.clone();
  copy.headers.set("a", "2");
  assertEquals([request.headers.get("a"), copy.headers.get("a")], ["1", "2"]);
  assertEquals([request.body === before, before.locked, request.body.locked, copy.body.locked], [false, true, false, false]);
  assertEquals([await copy.text(), request.bodyUsed, await request.text()], ["hi", false, "hi"]);
  assertThrows(() => request.clone(), TypeError);
});

test("structuredClone copies requests without a body", () => {
  const copy = structuredClone(make({ method: "PUT", headers: { a: "1" }, redirect: "manual", cf: { q: 1 }, cache: "no-store" }));
  assertEquals([copy instanceof Request, copy.url, copy.method, [...copy.headers], copy.redirect, copy.cf, copy.cache], [true, "http://a/", "PUT", [["a", "1"]], "manual", { q: 1 }, "no-store"]);
  for (const request of [post("x"), make({ signal: new AbortController().signal })]) {
    assertEquals(assertThrows(() => structuredClone(request), DOMException).name, "DataCloneError");
  }
});

test("console shows a request", () => {
  const shown = show(post("x", { headers: { q: "1" }, cf: { a: 1 } }));
  assertEquals(shown, `Request {
  method: 'POST',
  url: 'http://a/',
  headers: Headers(2) {
    'content-type' => 'text/plain;charset=UTF-8',
    'q' => '1',
    [immutable]: false
  },
  redirect: 'follow',
  fetcher: null,
  signal: AbortSignal { aborted: false, reason: undefined, onabort: null },
  cf: { a: 1 },
  integrity: '',
  keepalive: false,
  cache: undefined,
  body: ReadableStream {
    locked: false,
    [state]: 'readable',
    [supportsBYOB]: true,
    [length]: 1n
  },
  bodyUsed: false
}`);
});
