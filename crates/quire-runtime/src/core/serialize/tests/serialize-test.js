const { serialize, deserialize } = internals;
const copyOf = (value, external, back) => deserialize(serialize(value, external), back);
const same = (value) => assertEquals(copyOf(value), value);
const refused = (value, message, external) => {
  const error = assertThrows(() => serialize(value, external), DOMException, message);
  assertEquals(error.name, "DataCloneError");
};

test("primitives", () => {
  for (const value of [
    undefined, null, true, false, 0, -0, 1, -1, 127, 128, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 2 ** 53, 0.1, NaN, Infinity, -Infinity,
    "", "a", "é", "ÿ", "Ā", "😀", "\ud800", "a\udc00b", "x".repeat(127), "x".repeat(128), "x".repeat(200), "é".repeat(201), "\ud800".repeat(3000),
    "\ufeffbom", "\0", 0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 63n, -(2n ** 200n),
  ]) {
    same(value);
  }
});

test("small values are small", () => {
  assertEquals([serialize(5).length, serialize("abc").length, serialize({ a: 1 }).length], [3, 6, 8]);
});

test("objects and arrays", () => {
  same({ a: [1, "x", { b: null }], c: undefined, 5: 1, é: 2, "": 3 });
  same([[], [[]], {}]);
  const holes = copyOf([1, , 3]);
  assertEquals([holes.length, 1 in holes, holes[2]], [3, false, 3]);
  same(Object.assign([1, 2], { x: 3 }));
  same(Object.assign([1, , 3], { x: 3 }));
  const long = [];
  long.length = 4294967295;
  assertEquals(copyOf(long).length, 4294967295);
  const match = copyOf("a b".match(/b/));
  assertEquals([match.length, match[0], match.index, match.input], [1, "b", 2, "a b"]);
  const named = copyOf(Object.defineProperty({}, "__proto__", { value: 5, enumerable: true }));
  assertEquals([Object.hasOwn(named, "__proto__"), Object.getPrototypeOf(named) === Object.prototype], [true, true]);
  same(Array.from({ length: 5000 }, (_, index) => ({ index, text: `text ${index}` })));
});

test("getters run, and what they delete is not written", () => {
  const value = { get a() { delete this.b; return 1; }, b: 2, c: 3 };
  assertEquals(copyOf(value), { a: 1, c: 3 });
  assertEquals(copyOf({ get a() { return deserialize(serialize({ inner: "x" })); }, b: 1 }), { a: { inner: "x" }, b: 1 });
  assertThrows(() => serialize({ get a() { throw new RangeError("mine"); } }), RangeError, "mine");
  same({ after: 1 });
});

test("built-in classes", () => {
  const copy = copyOf({
    date: new Date(5), regExp: /a\/b/giu, map: new Map([[{ k: 1 }, new Set([1, "2"])]]),
    boxes: [Object(1), Object("ab"), Object(false), Object(7n)], invalid: new Date(NaN),
  });
  assertEquals([copy.date.getTime(), String(copy.regExp), [...copy.map][0]], [5, "/a\\/b/giu", [{ k: 1 }, new Set([1, "2"])]]);
  assertEquals(copy.boxes.map((box) => [typeof box, box.valueOf()]), [["object", 1], ["object", "ab"], ["object", false], ["object", 7n]]);
  assertEquals(Number.isNaN(copy.invalid.getTime()), true);
});

test("identity and cycles survive", () => {
  const shared = { s: 1 };
  const value = { one: shared, two: shared, map: new Map(), list: [], date: new Date(1), box: Object(1) };
  value.self = value;
  value.map.set(value, value.map);
  value.list.push(value.list, value.date, value.box, shared);
  value.again = [value.date, value.box];
  const copy = copyOf(value);
  assertEquals([copy.one === copy.two, copy.self === copy, copy.map.get(copy) === copy.map, copy.list[0] === copy.list], [true, true, true, true]);
  assertEquals([copy.list[1] === copy.date, copy.again[0] === copy.date, copy.again[1] === copy.box, copy.list[3] === copy.one], [true, true, true, true]);
  const error = new Error("x");
  error.cause = error;
  const again = copyOf(error);
  assertEquals(again.cause === again, true);
});

test("buffers, and views that share one", () => {
  const buffer = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer;
  const copy = copyOf({ bytes: new Uint8Array(buffer, 1, 3), words: new Uint16Array(buffer, 2), view: new DataView(buffer, 4, 2), buffer, bytes2: new Uint8Array(buffer, 0, 0) });
  assertEquals([...copy.bytes, copy.words.length, copy.view.byteLength, copy.bytes.byteOffset, copy.bytes2.length], [2, 3, 4, 3, 2, 1, 0]);
  assertEquals([copy.bytes.buffer === copy.buffer, copy.words.buffer === copy.buffer, copy.view.buffer === copy.buffer], [true, true, true]);
  copy.bytes[0] = 99;
  assertEquals(new Uint8Array(buffer)[1], 2);
  const resizable = new ArrayBuffer(4, { maxByteLength: 8 });
  const grown = copyOf({ resizable, tracks: new Uint8Array(resizable, 1), fixed: new Uint8Array(resizable, 0, 4) });
  assertEquals([grown.resizable.maxByteLength, grown.resizable.byteLength], [8, 4]);
  grown.resizable.resize(8);
  assertEquals([grown.tracks.length, grown.fixed.length], [7, 4]);
  for (const Class of [Int8Array, Uint8ClampedArray, Int16Array, Int32Array, Uint32Array, BigInt64Array, BigUint64Array, Float32Array, Float64Array]) {
    same(new Class(3));
  }
  const gone = new ArrayBuffer(8);
  gone.transfer();
  refused(gone);
  same(new Uint8Array(100_000).fill(7));
});

test("errors keep what they say", () => {
  const error = new TypeError("bad", { cause: new RangeError("why") });
  error.code = 5;
  const copy = copyOf(error);
  assertEquals([copy instanceof TypeError, copy.name, copy.message, copy.code, copy.stack], [true, "TypeError", "bad", 5, error.stack]);
  assertEquals([copy.cause instanceof RangeError, copy.cause.message, Object.keys(copy)], [true, "why", ["code"]]);
  const many = copyOf(new AggregateError([new Error("x")], "m"));
  assertEquals([many instanceof AggregateError, many.errors[0].message], [true, "x"]);
  class Mine extends Error {
    name = "Mine";
  }
  const mine = copyOf(new Mine("m"));
  assertEquals([Object.getPrototypeOf(mine) === Error.prototype, mine.name], [true, "Mine"]);
});

test("platform objects", async () => {
  const blob = copyOf({ blob: new Blob(["abc"], { type: "text/x" }).slice(1, 3) }).blob;
  assertEquals([blob.constructor, blob.type, await blob.text()], [Blob, "", "bc"]);
  const exception = copyOf(new DOMException("gone", "AbortError"));
  assertEquals([exception instanceof DOMException, exception.name, exception.message, exception.code], [true, "AbortError", "gone", 20]);
  for (const [value, name] of [[new File([], "f"), "File"], [new FormData(), "FormData"], [new URL("http://a"), "URL"], [new (class extends URL {})("http://a"), "URL"]]) {
    refused(value, `Could not serialize object of type "${name}". This type does not support serialization.`);
  }
});

test("streams are for calls", () => {
  refused(new ReadableStream(), "ReadableStream can only be serialized for RPC.");
});

test("what cannot be written is refused", () => {
  for (const value of [
    () => {}, class {}, Symbol("s"), Object(Symbol("s")), Promise.resolve(), new WeakMap(), new WeakRef({}), [][Symbol.iterator](),
    (function* () {})(), new Intl.NumberFormat(), new Event("x"), new AbortController(), globalThis, { deep: [() => {}] },
    new Map([[1, () => {}]]), Object.assign(new Error("x"), { f() {} }),
  ]) {
    refused(value);
  }
  refused(function named() {}, "function named() {} could not be cloned.");
});

test("instances of the program's classes are plain objects, unless somebody sees to them", () => {
  class Point {
    x = 1;
    #hidden = 2;
  }
  assertEquals(copyOf(new Point()), { x: 1 });
  assertEquals(Object.getPrototypeOf(copyOf(Object.create(null))) === Object.prototype, true);
  const nobody = () => undefined;
  refused(new Point(), 'Could not serialize object of type "Point". This type does not support serialization.', nobody);
  refused({ a: [Object.create(null)] }, 'Could not serialize object of type "Object". This type does not support serialization.', nobody);
  refused(() => {}, undefined, nobody);
  assertEquals(copyOf({ plain: [new Map(), new Date(0)] }, nobody), { plain: [new Map(), new Date(0)] });
});

test("what somebody else sees to comes back by its number", () => {
  const taken = [];
  const take = (object) => taken.push(object) - 1;
  class Target {}
  const target = new Target();
  const run = () => {};
  const headers = new Headers();
  const copy = copyOf({ run, target, again: run, headers, list: [target] }, take, (index) => ({ index }));
  assertEquals(taken, [run, target, headers]);
  assertEquals(copy, { run: { index: 0 }, target: { index: 1 }, again: { index: 0 }, headers: { index: 2 }, list: [{ index: 1 }] });
  assertEquals([copy.run === copy.again, copy.list[0] === copy.target], [true, true]);
});

test("other bytes are refused", () => {
  const broken = (bytes) => assertEquals(assertThrows(() => deserialize(new Uint8Array(bytes)), DOMException).name, "DataCloneError");
  broken([]);
  broken([1]);
  broken([2, 0]);
  broken([1, 0, 0]);
  broken([1, 99]);
  broken([1, 11, 0]);
  broken([1, 8, 5, 65]);
  broken([1, 13, 255, 255, 255, 255, 15]);
  broken([1, 25, 0]);
  const bytes = serialize({ a: [1, "x", new Uint8Array(4)], m: new Map([[1, 2]]), e: new Error("x") });
  for (let length = 0; length < bytes.length; length++) assertThrows(() => deserialize(bytes.slice(0, length)));
  assertThrows(() => deserialize(new Uint8Array(1_000_000).fill(15).with(0, 1)));
});
