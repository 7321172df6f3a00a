const refused = (value, options) => assertEquals(assertThrows(() => structuredClone(value, options), DOMException).name, "DataCloneError");

test("plain data is copied deeply", () => {
  const value = { a: [1, , "x", { b: null }], c: undefined, d: -0, e: 10n, f: NaN, "__proto__x": 1 };
  const copy = structuredClone(value);
  assertEquals(copy, value);
  assertEquals([copy !== value, copy.a[3] !== value.a[3], 1 in copy.a], [true, true, false]);
  const named = structuredClone(Object.defineProperty({}, "__proto__", { value: 5, enumerable: true }));
  assertEquals([Object.hasOwn(named, "__proto__"), Object.getPrototypeOf(named) === Object.prototype], [true, true]);
});

test("built-in classes", () => {
  const regExp = /a\/b/giu;
  regExp.lastIndex = 3;
  const copy = structuredClone({
    date: new Date(5), regExp, map: new Map([[{ k: 1 }, new Set([1, "2"])]]),
    boxes: [Object(1), Object("ab"), Object(false), Object(7n)],
  });
  assertEquals([copy.date.getTime(), String(copy.regExp), copy.regExp.lastIndex], [5, "/a\\/b/giu", 0]);
  assertEquals([...copy.map][0], [{ k: 1 }, new Set([1, "2"])]);
  assertEquals(copy.boxes.map((box) => [typeof box, box.valueOf()]), [["object", 1], ["object", "ab"], ["object", false], ["object", 7n]]);
  assertEquals(Number.isNaN(structuredClone(new Date(NaN)).getTime()), true);
});

test("identity and cycles survive", () => {
  const shared = { s: 1 };
  const value = { one: shared, two: shared, map: new Map() };
  value.self = value;
  value.map.set(value, value.map);
  const copy = structuredClone(value);
  assertEquals([copy.one === copy.two, copy.self === copy, copy.map.get(copy) === copy.map, copy.one !== shared], [true, true, true, true]);
});

test("buffers, and views that share one", () => {
  const buffer = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer;
  const copy = structuredClone({ bytes: new Uint8Array(buffer, 1, 3), words: new Uint16Array(buffer, 2), view: new DataView(buffer, 4, 2), buffer });
  assertEquals([...copy.bytes, copy.words.length, copy.view.byteLength, copy.bytes.byteOffset], [2, 3, 4, 3, 2, 1]);
  assertEquals([copy.bytes.buffer === copy.buffer, copy.words.buffer === copy.buffer, copy.view.buffer === copy.buffer], [true, true, true]);
  copy.bytes[0] = 99;
  assertEquals(new Uint8Array(buffer)[1], 2);
  const resizable = structuredClone(new ArrayBuffer(2, { maxByteLength: 8 }));
  assertEquals([resizable.resizable, resizable.byteLength, resizable.maxByteLength], [true, 2, 8]);
});

test("a transferred buffer moves", () => {
  const buffer = new Uint8Array([1, 2, 3]).buffer;
  const copy = structuredClone({ buffer, view: new Uint8Array(buffer, 1) }, { transfer: [buffer] });
  assertEquals([buffer.detached, [...copy.view], copy.view.buffer === copy.buffer], [true, [2, 3], true]);
  refused(buffer);
  refused(1, { transfer: [buffer] });
  const other = new ArrayBuffer(4);
  refused(1, { transfer: [other, other] });
  refused(1, { transfer: [{}] });
  refused(() => {}, { transfer: [other] });
  assertEquals(other.detached, false);
});

test("errors keep what they say", () => {
  const error = new TypeError("bad", { cause: new RangeError("why") });
  error.code = 5;
  const copy = structuredClone(error);
  assertEquals([copy instanceof TypeError, copy.name, copy.message, copy.code, copy.stack], [true, "TypeError", "bad", 5, error.stack]);
  assertEquals([copy.cause instanceof RangeError, copy.cause.message], [true, "why"]);
  class Mine extends Error {
    name = "Mine";
  }
  const mine = structuredClone(new Mine("m"));
  assertEquals([Object.getPrototypeOf(mine) === Error.prototype, mine.name], [true, "Mine"]);
  const many = structuredClone(new AggregateError([new Error("x")], "m"));
  assertEquals([many instanceof AggregateError, many.errors[0].message], [true, "x"]);
  const exception = structuredClone(new DOMException("gone", "AbortError"));
  assertEquals([exception instanceof DOMException, exception.name, exception.message, exception.code], [true, "AbortError", "gone", 20]);
});

test("instances of the program's classes become plain objects", () => {
  class Point {
    x = 1;
    #hidden = 2;
    get y() {
      return this.#hidden;
    }
  }
  const copy = structuredClone(new Point());
  assertEquals(copy, { x: 1 });
  assertEquals(Object.getPrototypeOf(structuredClone(Object.create(null))) === Object.prototype, true);
  assertEquals(structuredClone({ [Symbol.toStringTag]: "Map", a: 1 }), { a: 1 });
  assertEquals(structuredClone({ [Symbol("s")]: 1, get a() { return 2; } }), { a: 2 });
});

test("what cannot be copied is refused", () => {
  for (const value of [
    () => {}, class {}, Symbol("s"), Object(Symbol("s")), Promise.resolve(), new WeakMap(), new WeakSet(), new WeakRef({}),
    [][Symbol.iterator](), (function* () {})(), new Intl.NumberFormat(), new Event("x"), new EventTarget(), new AbortController(),
    new URL("http://a"), new URLSearchParams(), new TextEncoder(), globalThis, { deep: [() => {}] }, new Map([[1, () => {}]]),
    new (class extends EventTarget {})(), Object.assign(new Error("x"), { f() {} }),
  ]) {
    refused(value);
  }
  assertThrows(() => structuredClone(), TypeError);
  assertThrows(() => structuredClone(1, 5), TypeError);
  assertThrows(() => structuredClone({ get a() { throw new RangeError("mine"); } }), RangeError, "mine");
});

test("views of resizable buffers", () => {
  for (const [size, maximum] of [[16, 32], [16, 16], [0, 8]]) {
    const buffer = new ArrayBuffer(size, { maxByteLength: maximum });
    new Uint8Array(buffer).fill(7);
    const copy = structuredClone({ whole: new Uint32Array(buffer), fixed: new Uint8Array(buffer, 0, size), view: new DataView(buffer) });
    assertEquals([copy.whole.length, copy.fixed.length, copy.view.byteLength], [size / 4, size, size]);
    assertEquals([buffer.byteLength, new Uint8Array(buffer).every((byte) => byte === 7), [...copy.fixed].every((byte) => byte === 7)], [size, true, true]);
    copy.whole.buffer.resize(8);
    assertEquals([copy.whole.length, copy.view.byteLength], [2, 8]);
    assertEquals(copy.fixed.length, size > 8 ? 0 : size);
  }
  const buffer = new ArrayBuffer(8, { maxByteLength: 8 });
  const views = [new Uint8Array(buffer, 4, 4), new DataView(buffer, 4, 4)];
  buffer.resize(4);
  for (const view of views) refused(view);
});

test("platform objects", async () => {
  const blob = structuredClone(new Blob(["ab"], { type: "text/x" }));
  assertEquals([blob.constructor, blob.type, await blob.text()], [Blob, "text/x", "ab"]);
  for (const [value, name] of [[new File([], "f"), "File"], [new FormData(), "FormData"], [new URL("http://a"), "URL"], [new (class extends URL {})("http://a"), "URL"]]) {
    const message = `Could not serialize object of type "${name}". This type does not support serialization.`;
    assertEquals(assertThrows(() => structuredClone(value), DOMException).message, message);
  }
});
