const util = requireNode("util");
const { types } = util;

test("promisify and callbackify", async () => {
  const add = (a, b, done) => (a < 0 ? done(new RangeError("negative")) : done(null, a + b));
  assertEquals(await util.promisify(add)(1, 2), 3);
  await assertRejects(util.promisify(add)(-1, 2), RangeError, "negative");
  const own = Object.assign(() => {}, { [util.promisify.custom]: async () => "own" });
  assertEquals(await util.promisify(own)(), "own");
  const called = (run, ...args) => new Promise((resolve) => util.callbackify(run)(...args, (...results) => resolve(results)));
  assertEquals(await called(async (x) => x * 2, 4), [null, 8]);
  const [error] = await called(async () => { throw null; });
  assertEquals([error.message, error.code, error.reason], ["Promise was rejected with falsy value", "ERR_FALSY_VALUE_REJECTION", null]);
  assertThrows(() => util.promisify(5), TypeError, 'The "original" argument must be of type function. Received type number (5)');
});

test("inherits and deprecate", async () => {
  function Child() {}
  function Parent() {}
  util.inherits(Child, Parent);
  assertEquals([Child.super_ === Parent, new Child() instanceof Parent], [true, true]);
  const old = util.deprecate((x) => x + 1, "old() is old", "DEP_TEST");
  const warned = new Promise((resolve) => requireNode("process").once("warning", resolve));
  assertEquals([old(1), old(2)], [2, 3]);
  const { name, code, message } = await warned;
  assertEquals([name, code, message], ["DeprecationWarning", "DEP_TEST", "old() is old"]);
});

test("deep equality", () => {
  const equal = util.isDeepStrictEqual;
  assertEquals([equal({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }), equal([1], ["1"]), equal(0, -0), equal(NaN, NaN)], [true, false, false, true]);
  assertEquals([equal(new Map([[{ a: 1 }, 2]]), new Map([[{ a: 1 }, 2]])), equal(new Set([1, { a: 1 }]), new Set([{ a: 1 }, 1]))], [true, true]);
  assertEquals([equal(new Date(1), new Date(1)), equal(/a/g, /a/), equal(new Error("x"), new TypeError("x"))], [true, false, false]);
  assertEquals([equal([1, , 3], [1, undefined, 3]), equal({ a: undefined }, {}), equal({ __proto__: null }, {})], [false, false, false]);
  const cycle = () => { const object = { a: 1 }; object.self = object; return object; };
  assertEquals(equal(cycle(), cycle()), true);
});

test("types look at what a value is", () => {
  const really = [
    ["isDate", new Date()], ["isRegExp", /a/], ["isMap", new Map()], ["isSet", new Set()], ["isWeakMap", new WeakMap()], ["isPromise", Promise.resolve()],
    ["isAsyncFunction", async () => {}], ["isGeneratorFunction", function* () {}], ["isGeneratorObject", (function* () {})()], ["isUint8Array", new Uint8Array()],
    ["isDataView", new DataView(new ArrayBuffer(1))], ["isArrayBuffer", new ArrayBuffer(1)], ["isNativeError", new TypeError()], ["isBoxedPrimitive", Object("a")],
    ["isArgumentsObject", (function () { return arguments; })()], ["isMapIterator", new Map().keys()], ["isSymbolObject", Object(Symbol())],
  ];
  for (const [name, value] of really) assertEquals([types[name](value), types[name]({}), types[name](undefined)], [true, false, false], name);
  assertEquals([types.isDate({ __proto__: Date.prototype }), types.isMap({ __proto__: Map.prototype })], [false, false]);
});

test("inspect and its options", () => {
  assertEquals(util.inspect({ a: [1, "b"], c: new Map([[1, { d: 2 }]]) }), "{ a: [ 1, 'b' ], c: Map(1) { 1 => { d: 2 } } }");
  assertEquals(util.inspect({ a: { b: { c: {} } } }, { depth: 0 }), "{ a: [Object] }");
  assertEquals(util.inspect({ a: [1] }, { compact: false }), "{\n  a: [\n    1\n  ]\n}");
  assertEquals(util.inspect({ b: 1, a: 2 }, { sorted: true }), "{ a: 2, b: 1 }");
  assertEquals(util.inspect([1, 2, 3], { maxArrayLength: 1 }), "[ 1, ... 2 more items ]");
  assertEquals(util.inspect({ x: "y".repeat(90), z: 1 }, { breakLength: Infinity }).includes("\n"), false);
  class Own {
    [util.inspect.custom](depth, options, inspect) {
      return `Own<${depth} ${inspect({ a: 1 })}>`;
    }
  }
  assertEquals(util.inspect([new Own()]), "[ Own<1 { a: 1 }> ]");
  assertEquals(util.format("%s %d %i %j %%", "a", "1.5", 2.7, { b: 1 }, "rest"), 'a 1.5 2 {"b":1} % rest');
});

test("parseArgs", () => {
  const options = { foo: { type: "boolean", short: "f" }, bar: { type: "string", multiple: true }, other: { type: "string", default: "d" } };
  const { values, positionals } = util.parseArgs({ args: ["-f", "--bar", "b", "--bar=c", "word"], options, allowPositionals: true });
  assertEquals([{ ...values }, positionals], [{ foo: true, bar: ["b", "c"], other: "d" }, ["word"]]);
  const failing = (args, message) => assertThrows(() => util.parseArgs({ args, options }), TypeError, message);
  failing(["word"], "Unexpected argument 'word'. This command does not take positional arguments");
  failing(["--nope"], "Unknown option '--nope'");
  failing(["--other"], "Option '--other <value>' argument missing");
  failing(["--foo=x"], "Option '-f, --foo' does not take an argument");
});

test("texts: styles, control characters, .env, MIME types", () => {
  assertEquals(util.styleText(["bold", "red"], "x", { validateStream: false }), "\x1b[1m\x1b[31mx\x1b[39m\x1b[22m");
  assertEquals(util.stripVTControlCharacters("\x1b[4mvalue\x1b[24m"), "value");
  assertEquals(util.parseEnv("A=1\nB='x y' # c\nexport C=\"1\\n2\"\n"), { A: "1", B: "x y", C: "1\n2" });
  const type = new util.MIMEType('Text/HTML; Charset="a b"; x=1; x=2');
  assertEquals([`${type}`, type.essence, type.params.get("x")], ['text/html;charset="a b";x=1', "text/html", "1"]);
  assertThrows(() => new util.MIMEType("bad"), TypeError, 'The MIME syntax for a type in "bad" is invalid');
  assertEquals([util.getSystemErrorName(-2), util.toUSVString("\ud800")], ["ENOENT", "\ufffd"]);
});
