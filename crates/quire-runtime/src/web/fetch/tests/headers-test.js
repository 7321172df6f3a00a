// Headers. What is expected was observed on the original, unless a test says otherwise.
const IMMUTABLE = "Can't modify immutable headers.";

test("headers are made from records, pairs, maps, generators and headers", () => {
  const entries = (init) => [...new Headers(init)];
  assertEquals(entries(undefined), []);
  assertEquals(entries({ B: 1, a: undefined, c: null }), [["a", "undefined"], ["b", "1"], ["c", "null"]]);
  assertEquals(entries(new Map([["x", "1"], ["A", "2"]])), [["a", "2"], ["x", "1"]]);
  assertEquals(entries((function* () { yield ["a", "1"]; yield new Set(["b", "2"]); })()), [["a", "1"], ["b", "2"]]);
  assertEquals(entries(new Headers([["a", "1"], ["a", "2"]])), [["a", "1, 2"]]);
  assertEquals(entries({ A: "1", a: "2" }), [["a", "1, 2"]]);
  assertEquals(entries(Object.create({ a: 1 }, { b: { value: 2, enumerable: true }, c: { value: 3 } })), [["b", "2"]]);
  assertEquals(entries({ [Symbol("x")]: "1", a: "b" }), [["a", "b"]]);
  assertEquals(entries(Object.assign(() => {}, { a: "1" })), [["a", "1"]]);
});

test("what headers are not made from", () => {
  for (const init of [null, 5, "ab"]) assertThrows(() => new Headers(init), TypeError, "Failed to construct 'Headers'");
  for (const init of [[["a"]], [["a", "b", "c"]], ["ab"]]) assertThrows(() => new Headers(init), TypeError);
  assertThrows(() => Headers(), TypeError);
});

test("names and values are validated", () => {
  for (const name of ["a b", "a:", "\n", "(", "\u20ac"]) assertThrows(() => new Headers({ [name]: "x" }), TypeError, "Invalid header name.");
  for (const value of ["x\ny", "x\ry", "x\0y"]) assertThrows(() => new Headers({ a: value }), TypeError, "Invalid header value.");
  assertThrows(() => new Headers({ a: Symbol("x") }), TypeError);
  assertThrows(() => new Headers().append(Symbol("x"), "y"), TypeError);
  assertEquals(new Headers({ a: " \t\r\n x y \r\n" }).get("A"), "x y");
  assertEquals(new Headers({ a: "\f\vx\f" }).get("a"), "\f\vx\f");
  assertEquals(new Headers({ a: "é€😀\x01\x7f" }).get("a"), "é€😀\x01\x7f");
  assertEquals([...new Headers({ "": "x" })], [["", "x"]]);
});

test("iteration is sorted, combined, and keeps cookies apart", () => {
  const headers = new Headers([["z", "1"], ["A", "2"], ["set-cookie", "b=1"], ["M", "3"], ["Set-Cookie", "a=2"], ["z", "4"]]);
  assertEquals([...headers], [["a", "2"], ["m", "3"], ["set-cookie", "b=1"], ["set-cookie", "a=2"], ["z", "1, 4"]]);
  assertEquals([...headers.keys()], ["a", "m", "set-cookie", "set-cookie", "z"]);
  assertEquals([...headers.values()], ["2", "3", "b=1", "a=2", "1, 4"]);
  assertEquals([headers.get("SET-cookie"), headers.getSetCookie(), headers.getAll("Set-Cookie")], ["b=1, a=2", ["b=1", "a=2"], ["b=1", "a=2"]]);
  assertThrows(() => headers.getAll("a"), TypeError, 'getAll() can only be used with the header name "Set-Cookie".');
});

test("changes while iterating do not show", () => {
  const headers = new Headers({ a: "1", b: "2" });
  const seen = [];
  for (const [name] of headers) {
    seen.push(name);
    headers.delete("b");
    headers.append("c", "3");
  }
  headers.forEach((value, name) => {
    seen.push(name);
    headers.delete("c");
  });
  assertEquals(seen, ["a", "b", "a", "c"]);
});

test("forEach passes value, name and the headers", () => {
  const headers = new Headers({ b: "1", a: "2" });
  const self = {};
  const seen = [];
  const result = headers.forEach(function (...given) {
    seen.push([given[0], given[1], given[2] === headers, this === self]);
  }, self);
  assertEquals([seen, result], [[["2", "a", true, true], ["1", "b", true, true]], undefined]);
  assertThrows(() => headers.forEach({}), TypeError);
});

test("append, set and delete", () => {
  const headers = new Headers([["a", "1"], ["b", "2"], ["a", "3"]]);
  headers.set("A", "9");
  headers.append("B", "x");
  headers.delete("missing");
  assertEquals([...headers], [["a", "9"], ["b", "2, x"]]);
  assertEquals([headers.has("B"), headers.get("missing")], [true, null]);
  for (const [method, given] of [["append", ["a"]], ["get", []], ["set", ["a"]], ["has", []], ["delete", []]]) {
    assertThrows(() => headers[method](...given), TypeError, `Failed to execute '${method}' on 'Headers'`);
  }
});

test("iterators have the shape of iterators", () => {
  const iterator = new Headers({ a: "1" }).keys();
  assertEquals([iterator.next(), iterator.next(), iterator.next()], [
    { value: "a", done: false },
    { value: undefined, done: true },
    { value: undefined, done: true },
  ]);
  assertEquals(iterator[Symbol.iterator]() === iterator, true);
  assertThrows(() => iterator.next.call({}), TypeError, "Illegal invocation");
});

test("the class looks like one of the platform", () => {
  const headers = new Headers({ a: "1" });
  const names = [];
  for (const name in headers) names.push(name);
  assertEquals(names.join(), "get,getAll,getSetCookie,has,set,append,delete,forEach,entries,keys,values");
  assertEquals([String(headers), Object.keys(headers), JSON.stringify(headers), Headers.length], ["[object Headers]", [], "{}", 0]);
  assertThrows(() => Headers.prototype.get.call({}, "a"), TypeError, "Illegal invocation");
  class Own extends Headers {
    get x() {
      return this.get("x");
    }
  }
  assertEquals(new Own({ x: "1" }).x, "1");
});

test("immutable headers stay as they are", () => {
  for (const headers of [Response.redirect("http://a/").headers, Response.redirect("http://a/").clone().headers, structuredClone(Response.redirect("http://a/").headers)]) {
    assertThrows(() => headers.set("a", "b"), TypeError, IMMUTABLE);
    assertThrows(() => headers.append("a", "b"), TypeError, IMMUTABLE);
    assertThrows(() => headers.delete("a"), TypeError, IMMUTABLE);
    assertEquals([...new Headers(headers)], [["location", "http://a/"]]);
  }
});

test("structuredClone copies headers", () => {
  const headers = new Headers([["a", "1"], ["set-cookie", "x"], ["set-cookie", "y"]]);
  const copy = structuredClone({ headers }).headers;
  headers.set("a", "2");
  assertEquals([copy instanceof Headers, [...copy]], [true, [["a", "1"], ["set-cookie", "x"], ["set-cookie", "y"]]]);
});
