// fetch() where no network is needed. What is expected was observed on the original, unless a test says otherwise.
test("what cannot be fetched", async () => {
  for (const url of ["ftp://a/b", "file:///x", "blob:http://a/b"]) await assertRejects(fetch(url), TypeError, "Fetch API cannot load: ");
  await assertRejects(fetch("/x"), TypeError, "Invalid URL: /x");
  await assertRejects(fetch(), TypeError);
  await assertRejects(fetch("http://a/", { cf: { cacheTtl: 5, cacheControl: "x" } }), TypeError, "The 'cacheControl' and 'cacheTtl' options on cf");
  await assertRejects(fetch("http://a/", { encodeResponseBody: "bogus" }), TypeError, "encodeResponseBody: unexpected value");
  const used = new Request("http://a/", { method: "POST", body: "x" });
  await used.text();
  await assertRejects(fetch(used), TypeError, "Body has already been used.");
});

test("fetch works detached, but not as a member of something else", async () => {
  const detached = fetch;
  assertEquals(await (await detached("data:,a")).text(), "a");
  await assertRejects(({ fetch }).fetch("data:,a"), TypeError, "Illegal invocation");
});

test("data: URLs", async () => {
  const response = await fetch("data:text/plain;base64,aGk=");
  assertEquals([response.status, response.statusText, response.url, [...response.headers], await response.text()], [200, "OK", "", [["content-type", "text/plain"]], "hi"]);
  const type = async (url) => (await fetch(url)).headers.get("content-type");
  assertEquals([await type("data:,x"), await type("data:bogus,x"), await type("data:image/png;x=Y,z")], ["text/plain;charset=US-ASCII", "text/plain;charset=US-ASCII", "image/png;x=Y"]);
  assertEquals(await (await fetch(new Request(new URL("data:,a%20b#c")))).text(), "a b");
  assertEquals(await (await fetch("data:,x", { method: "POST", body: "y" })).text(), "");
  await assertRejects(fetch("data:nope"), TypeError);
});

test("a signal that was aborted before", async () => {
  const error = await assertRejects(fetch("http://a/", { signal: AbortSignal.abort() }), DOMException, "The operation was aborted");
  assertEquals([error.name, error.code], ["AbortError", 20]);
  await assertRejects(fetch("http://a/", { signal: AbortSignal.abort(new RangeError("why")) }), RangeError, "why");
});
