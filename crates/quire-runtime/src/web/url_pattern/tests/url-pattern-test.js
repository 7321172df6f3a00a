test("a pattern of a whole URL", () => {
  const pattern = new URLPattern("https://:sub.example.com/books/:id(\\d+)?*#:part");
  assertEquals(pattern.protocol, "https");
  assertEquals(pattern.hostname, ":sub.example.com");
  assertEquals(pattern.port, "");
  assertEquals(pattern.pathname, "/books/:id(\\d+)?*");
  assertEquals(pattern.hasRegExpGroups, true);
  const match = pattern.exec("https://shop.example.com/books/12/x#top");
  assertEquals(match.inputs, ["https://shop.example.com/books/12/x#top"]);
  assertEquals(match.hostname, { input: "shop.example.com", groups: { sub: "shop" } });
  assertEquals(match.pathname, { input: "/books/12/x", groups: { id: "12", 0: "/x" } });
  assertEquals(match.hash.groups, { part: "top" });
  assertEquals(pattern.exec("https://example.com/books/12#top"), null);
  assertEquals(pattern.test("https://shop.example.com/books/x#top"), true);
});

test("dictionaries, base URLs and options", () => {
  const pattern = new URLPattern({ pathname: "c/:file", baseURL: "https://example.com/a/b?q" });
  assertEquals([pattern.protocol, pattern.hostname, pattern.pathname, pattern.search], ["https", "example.com", "/a/c/:file", "*"]);
  assertEquals(new URLPattern("x", "https://example.com/a/b").pathname, "/a/x");
  assert(new URLPattern({ pathname: "/Foo" }, { ignoreCase: true }).test({ pathname: "/fOO" }));
  assert(!new URLPattern({ pathname: "/Foo" }).test({ pathname: "/fOO" }));
  assert(new URLPattern("/Foo", "https://a.b", { ignoreCase: true }).test("/foo", "https://a.b"));
  assertEquals(new URLPattern().exec({ pathname: "/x" }).pathname, { input: "/x", groups: { 0: "/x" } });
  assertEquals(new URLPattern({ pathname: "/:a?" }).exec({ pathname: "/" }), null);
  assertEquals(new URLPattern({ pathname: "{/:a}?" }).exec({ pathname: "" }).pathname.groups, { a: undefined });
  // A base URL that is none, or input that is no URL, matches nothing.
  assertEquals(new URLPattern().test("/x", "no base"), false);
  assertEquals(new URLPattern().exec("no url"), null);
  assertThrows(() => new URLPattern().test({ pathname: "/" }, "https://a.b"), TypeError);
});

test("what is refused", () => {
  for (const input of [["foo bar"], ["/path"], [{ pathname: "(" }], [{ pathname: "/:a/:a" }], [{ pathname: "(?<x>a)" }], [{ hostname: "a b" }]]) {
    assertThrows(() => new URLPattern(...input), TypeError, "Failed to construct URLPattern");
  }
  assertThrows(() => new URLPattern({}, "https://a.b"), TypeError);
  assertThrows(() => URLPattern({}), TypeError);
  assertThrows(() => URLPattern.prototype.test.call({}, {}), TypeError, "Illegal invocation");
});

test("groups that are named like members of every object", () => {
  const { groups } = new URLPattern({ pathname: "/:__proto__/:constructor" }).exec({ pathname: "/a/b" }).pathname;
  assertEquals(Object.entries(groups), [["__proto__", "a"], ["constructor", "b"]]);
});

test("programs that patch built-ins do not change it", () => {
  const { exec } = RegExp.prototype;
  RegExp.prototype.exec = () => null;
  try {
    assert(new URLPattern({ pathname: "/:a" }).test("https://a.b/x"));
  } finally {
    RegExp.prototype.exec = exec;
  }
});
