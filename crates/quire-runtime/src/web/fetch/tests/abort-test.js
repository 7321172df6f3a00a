// How signals, clones and bodies go together. What the standard and the original disagree on is as the standard has it.
const encode = (text) => new TextEncoder().encode(text);

test("a request that is aborted already uses its body up", async () => {
  let cancelled;
  const body = new ReadableStream({ cancel: (reason) => (cancelled = reason) });
  const request = new Request("http://x.test/", { method: "POST", body, signal: AbortSignal.abort("why") });
  const answer = fetch(request);
  assertEquals(cancelled, "why");
  assert(request.bodyUsed);
  assertEquals(await answer.catch((error) => error), "why");
});

test("what a clone reads cannot be changed through the other one", async () => {
  const chunk = encode("abc");
  const response = new Response(new ReadableStream({ start: (c) => (c.enqueue(chunk), c.close()) }));
  const clone = response.clone();
  const { value } = await response.body.getReader().read();
  value[0] = 0x78;
  assertEquals(await clone.text(), "abc");
});

test("a program that patches Object.prototype does not get between a body and its text", async () => {
  const stream = new ReadableStream({ start: (c) => (c.enqueue(encode("abc")), c.close()) });
  let seen = 0;
  Object.defineProperty(Object.prototype, "then", { configurable: true, get: () => void seen++ });
  let text;
  try {
    text = await new Response(stream).text();
  } finally {
    delete Object.prototype.then;
  }
  assertEquals(text, "abc");
  assertEquals(seen, 0);
});

test("the headers of Response.error() cannot be changed", () => {
  assertThrows(() => Response.error().headers.set("a", "b"), TypeError, "Can't modify immutable headers.");
});

test("headers whose iterator was replaced are read by it", () => {
  const source = new Headers({ a: "1" });
  source[Symbol.iterator] = function* () {
    yield ["b", "2"];
  };
  assertEquals([...new Headers(source)], [["b", "2"]]);
});

test("formData() reports a broken stream before a missing type", async () => {
  const broken = new ReadableStream({ start: (c) => c.error(new RangeError("broken")) });
  await assertRejects(new Response(broken).formData(), RangeError, "broken");
});

test("a body whose stream was teed is used", async () => {
  for (const body of ["abc", new ReadableStream({ type: "bytes" })]) {
    const response = new Response(body);
    const [first] = response.body.tee();
    assert(response.bodyUsed);
    if (body === "abc") assertEquals(await new Response(first).text(), "abc");
  }
});
