// Response. What is expected was observed on the original, unless a test says otherwise.
const NULL_BODY = "Response with null body status (101, 204, 205, or 304) cannot have a body.";

test("a response has these members and no others", () => {
  const names = [];
  for (const name in new Response()) names.push(name);
  assertEquals(
    names.join(),
    "clone,status,statusText,headers,ok,redirected,url,webSocket,cf,type,body,bodyUsed,arrayBuffer,bytes,text,json,formData,blob",
  );
  assertEquals(Object.keys(Response), ["error", "redirect", "json"]);
  assertEquals([String(new Response()), Object.keys(new Response()), JSON.stringify(new Response())], ["[object Response]", [], "{}"]);
  const { get } = Object.getOwnPropertyDescriptor(Response.prototype, "status");
  for (const receiver of [{}, new Request("http://a/")]) assertThrows(() => get.call(receiver), TypeError, "Illegal invocation");
  assertThrows(() => Response(), TypeError);
});

test("what a response is by default", () => {
  const { status, statusText, ok, type, url, redirected, cf, webSocket, body, bodyUsed } = new Response();
  assertEquals([status, statusText, ok, type, url, redirected], [200, "", true, "default", "", false]);
  assertEquals([cf, webSocket, body, bodyUsed, new Response("x", { webSocket: null }).webSocket], [undefined, null, null, false, null]);
});

test("the status is a number from 200 to 599", () => {
  const status = (status) => new Response(null, { status }).status;
  assertEquals(["201", 599, 200.9, "  204 ", { valueOf: () => 202 }, undefined].map(status), [201, 599, 200, 204, 202, 200]);
  for (const bad of [null, "x", 199, 600, 101, 65736, -1, true]) assertThrows(() => status(bad), RangeError);
  assertThrows(() => status(200n), TypeError);
});

test("statuses without a body take an empty one only", () => {
  for (const status of [204, 205, 304]) {
    for (const body of ["", new Uint8Array(0), new Blob([]), new URLSearchParams()]) assertEquals(new Response(body, { status }).body, null);
    for (const body of ["x", new ReadableStream()]) assertThrows(() => new Response(body, { status }), TypeError, NULL_BODY);
  }
  assertEquals([...new Response("", { status: 204 }).headers], []);
  assertThrows(() => Response.json("x", { status: 204 }), TypeError, NULL_BODY);
});

test("the status text has no control characters", () => {
  const text = (statusText) => new Response(null, { statusText }).statusText;
  assertEquals(["OK then", "é", "€", null, undefined].map(text), ["OK then", "é", "€", "null", ""]);
  for (const bad of ["a\nb", "a\tb", "\0"]) assertThrows(() => text(bad), TypeError, "Invalid statusText");
});

test("members of the wrong type", () => {
  for (const init of [5, "x"]) assertThrows(() => new Response("x", init), TypeError, "Failed to construct 'Response'");
  for (const init of [{ cf: 5 }, { cf: null }, { headers: null }]) {
    assertThrows(() => new Response("x", init), TypeError, `Incorrect type for the '${Object.keys(init)[0]}' field`);
  }
  for (const encodeBody of ["bogus", null]) assertThrows(() => new Response("x", { encodeBody }), TypeError, `encodeBody: unexpected value: ${encodeBody}`);
  assertEquals(new Response("x", { encodeBody: "manual" }).encodeBody, undefined);
});

test("a response made from another", async () => {
  const first = new Response("x", { status: 202, statusText: "Hey", headers: { a: "1" }, cf: { z: 1 } });
  const second = new Response(first.body, first);
  second.headers.set("a", "2");
  assertEquals([second.status, second.statusText, second.headers.get("a"), first.headers.get("a"), second.cf], [202, "Hey", "2", "1", { z: 1 }]);
  assertEquals([first.bodyUsed, await second.text(), first.bodyUsed], [false, "x", true]);
  const redirect = new Response(null, Response.redirect("http://a/"));
  redirect.headers.set("x", "y");
  assertEquals([redirect.status, [...redirect.headers]], [302, [["location", "http://a/"], ["x", "y"]]]);
  assertThrows(() => new Response(null, Response.error()), RangeError);
});

test("Response.json", async () => {
  const response = Response.json({ a: [1] }, { status: 201, headers: { x: "y" } });
  assertEquals([response.status, [...response.headers], await response.text()], [201, [["content-type", "application/json"], ["x", "y"]], '{"a":[1]}']);
  assertEquals(Response.json(1, { headers: { "content-type": "a/b" } }).headers.get("content-type"), "a/b");
  assertEquals(await Response.json(undefined).text(), "undefined");
  for (const value of [1n, Object.assign(Object.create(null), { get a() { return this; } })]) assertThrows(() => Response.json(value), TypeError);
  assertThrows(() => Response.json(), TypeError);
});

test("Response.redirect", () => {
  const response = Response.redirect("HTTP://A.com/x y#f", 301);
  assertEquals([response.status, [...response.headers], response.body], [301, [["location", "http://a.com/x%20y#f"]], null]);
  assertEquals([Response.redirect(new URL("http://a/b")).status, Response.redirect("http://a/", "307").status], [302, 307]);
  assertThrows(() => Response.redirect("/x"), TypeError, "Unable to parse URL: /x");
  for (const status of [200, 304, null]) assertThrows(() => Response.redirect("http://a/", status), RangeError);
});

test("Response.error", () => {
  const { type, status, ok, body } = Response.error();
  assertEquals([type, status, ok, body, Response.error().clone().type], ["error", 0, false, null, "error"]);
});

test("clones are independent", async () => {
  const response = new Response("hi", { headers: { a: "1" }, status: 201, statusText: "q", cf: { a: 1 } });
  const copy = response.clone();
  copy.headers.set("a", "2");
  assertEquals([copy.status, copy.statusText, copy.cf, response.headers.get("a")], [201, "q", { a: 1 }, "1"]);
  assertEquals([await copy.text(), response.bodyUsed, await response.text()], ["hi", false, "hi"]);
  assertThrows(() => response.clone(), TypeError);
  assertEquals(new Response(null).clone().body, null);
});

test("clones of clones, of touched bodies and of streams", async () => {
  const touched = new Response("x");
  const { body } = touched;
  const all = [touched, touched.clone()];
  all.push(all[1].clone(), touched.clone());
  assertEquals(await Promise.all(all.map((one) => one.text())), ["x", "x", "x", "x"]);
  assertEquals(body.locked, true);
  const released = new Response("x");
  released.body.getReader().releaseLock();
  assertEquals([await released.clone().text(), await released.text()], ["x", "x"]);
  const stream = new Response(new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array([113]));
      controller.close();
    },
  }));
  assertEquals([await stream.clone().text(), await stream.text()], ["q", "q"]);
});

test("clones do not share memory", async () => {
  const blob = new Blob(["abc"]);
  const response = new Response(blob);
  const copy = response.clone();
  (await response.bytes())[0] = 120;
  (await new Response(blob).body.getReader().read()).value[0] = 121;
  assertEquals([await copy.text(), await blob.text()], ["abc", "abc"]);
});

test("structuredClone copies responses without a body", () => {
  const copy = structuredClone(new Response(null, { status: 204, statusText: "q", headers: { a: "1" }, cf: { q: 1 } }));
  assertEquals([copy instanceof Response, copy.status, copy.statusText, [...copy.headers], copy.cf], [true, 204, "q", [["a", "1"]], { q: 1 }]);
  for (const body of ["x", ""]) assertEquals(assertThrows(() => structuredClone(new Response(body)), DOMException).name, "DataCloneError");
});

test("console shows a response", () => {
  let text;
  const probe = { [Symbol.for("nodejs.util.inspect.custom")]: (depth, options, inspect) => ((text = inspect({ r: new Response() }, { depth: 2 })), "") };
  console.log(probe);
  assertEquals(text, `{
  r: Response {
    status: 200,
    statusText: '',
    headers: Headers(0) { [immutable]: false },
    ok: true,
    redirected: false,
    url: '',
    webSocket: null,
    cf: undefined,
    type: 'default',
    body: null,
    bodyUsed: false
  }
}`);
});
