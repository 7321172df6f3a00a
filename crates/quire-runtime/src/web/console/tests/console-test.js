// What console writes goes to the log; an object that shows itself is handed the function that makes the text.
function shown(value) {
  let text;
  const probe = { [Symbol.for("nodejs.util.inspect.custom")]: (depth, options, inspect) => ((text = inspect(value, { depth: 2 })), "") };
  console.debug(probe);
  return text;
}

test("primitives", () => {
  assertEquals([shown("it's"), shown("a\n\x01"), shown(-0), shown(10n), shown(Symbol("s")), shown(undefined), shown(null)],
    ['"it\'s"', "'a\\n\\x01'", "-0", "10n", "Symbol(s)", "undefined", "null"]);
});

test("objects and arrays", () => {
  assertEquals(shown({ a: 1, "b-c": "d", 5: [], f() {} }), "{ '5': [], a: 1, 'b-c': 'd', f: [Function: f] }");
  assertEquals(shown([1, , [2, [3]]]), "[ 1, <1 empty item>, [ 2, [ 3 ] ] ]");
  assertEquals(shown({ get a() { return 1; }, set b(v) {}, [Symbol("s")]: 1 }), "{ a: [Getter], b: [Setter], Symbol(s): 1 }");
  assertEquals([shown(Object.create(null)), shown(new (class Foo { x = 1; })())], ["[Object: null prototype] {}", "Foo { x: 1 }"]);
  const circular = { a: 1 };
  circular.self = circular;
  assertEquals(shown(circular), "<ref *1> { a: 1, self: [Circular *1] }");
});

test("built-in classes", () => {
  assertEquals(
    [shown(new Map([["a", 1]])), shown(new Set([[1]])), shown(new Uint8Array(2)), shown(new Date(0)), shown(/x/g), shown(Object("s"))],
    ["Map(1) { 'a' => 1 }", "Set(1) { [ 1 ] }", "Uint8Array(2) [ 0, 0 ]", "1970-01-01T00:00:00.000Z", "/x/g", "[String: 's']"],
  );
  assertEquals(
    [shown(() => {}), shown(async function f() {}), shown(class A extends Map {}), shown(class {}), shown(new ArrayBuffer(2))],
    ["[Function (anonymous)]", "[AsyncFunction: f]", "[class A extends Map]", "[class (anonymous)]", "ArrayBuffer { [Uint8Contents]: <00 00>, byteLength: 2 }"],
  );
});

test("long objects take several lines, short array elements columns", () => {
  const long = { first: "x".repeat(40), second: "y".repeat(40) };
  assertEquals(shown(long), `{\n  first: '${"x".repeat(40)}',\n  second: '${"y".repeat(40)}'\n}`);
  const lines = shown(Array.from({ length: 101 }, (_, i) => i)).split("\n");
  assertEquals([lines[1], lines.at(-2)], ["   0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11,", "  ... 1 more item"]);
});

test("errors show their stack once, with cause and properties", () => {
  const error = Object.assign(new TypeError("bad"), { code: 5 });
  const text = shown(error);
  assert(text.startsWith("TypeError: bad\n    at "), text);
  assert(text.endsWith("{\n  code: 5\n}"), text);
  assert(shown(new Error("outer", { cause: "inner" })).includes("[cause]: 'inner'"));
  assert(shown(new DOMException("gone", "AbortError")).startsWith("AbortError: gone"), shown(new DOMException("gone", "AbortError")));
});

test("platform objects show their attributes", () => {
  assertEquals(shown(new URLSearchParams("a=1")), "URLSearchParams(1) { 'a' => '1' }");
  assertEquals(shown(new TextDecoder()), "TextDecoder { encoding: 'utf-8', fatal: false, ignoreBOM: false }");
  assert(shown(new URL("http://a/b")).startsWith("URL {\n  href: 'http://a/b',"), shown(new URL("http://a/b")));
  assertEquals(shown(new AbortController()), "AbortController {\n  signal: AbortSignal { aborted: false, reason: undefined, onabort: null }\n}");
  assertEquals(typeof shown(AbortSignal.prototype), "string");
});

test("console has its methods, which need no receiver", () => {
  for (const name of [
    "debug", "error", "info", "log", "warn", "dir", "dirxml", "table", "trace", "group", "groupCollapsed", "groupEnd", "clear", "count",
    "countReset", "assert", "profile", "profileEnd", "time", "timeLog", "timeEnd", "timeStamp", "createTask", "context",
  ]) {
    assertEquals(typeof console[name], "function", name);
  }
  const { log } = console;
  log("detached");
  assertEquals(String(console), "[object console]");
});

test("logging never throws", () => {
  console.log({ get [Symbol.toStringTag]() { throw new Error("tag"); } }, Object.create({ get constructor() { throw new Error("constructor"); } }));
  console.log(new Proxy({}, { get() { throw new Error("proxy"); } }));
  console.log("%s", { toString() { throw new Error("toString"); } });
  console.table(null);
  console.table([{ a: 1 }, 5]);
  console.timeEnd("never started");
});
