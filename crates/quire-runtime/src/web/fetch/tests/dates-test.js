// compatibility: 2024-01-01
// What Request and Response do for programs of an older date.

test("only the methods that the standard names may be written in lower case", () => {
  assertEquals(new Request("http://x.test/", { method: "post" }).method, "POST");
  assertThrows(() => new Request("http://x.test/", { method: "patch" }), TypeError, "Invalid HTTP method string: patch");
});

test("there is no `cache`", () => {
  assertThrows(() => new Request("http://x.test/", { cache: "no-store" }), Error, "The 'cache' field on 'RequestInitializerDict' is not implemented.");
});

test("an iterable is text", async () => {
  assertEquals(await new Response(["a", "b"]).text(), "a,b");
});
