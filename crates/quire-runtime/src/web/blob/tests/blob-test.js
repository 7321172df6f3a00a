const text = (bytes) => new TextDecoder().decode(bytes);

test("parts are strings, buffers, views and blobs", async () => {
  const blob = new Blob(["a", 1, null, undefined, {}, new Uint16Array([0x4141]), new Uint8Array([66]).buffer, new Blob(["z"])]);
  assertEquals(await blob.text(), "a1nullundefined[object Object]AABz");
  assertEquals(blob.size, 34);
});

test("a blob keeps what it was given", async () => {
  const bytes = new Uint8Array([1, 2]);
  const blob = new Blob([bytes]);
  bytes[0] = 9;
  assertEquals(await blob.bytes(), new Uint8Array([1, 2]));
  (await blob.bytes())[0] = 7;
  new Uint8Array(await blob.arrayBuffer())[0] = 7;
  (await blob.stream().getReader().read()).value[0] = 7;
  assertEquals(await blob.bytes(), new Uint8Array([1, 2]));
});

test("without arguments it is empty", async () => {
  const blob = new Blob();
  assertEquals([blob.size, blob.type, await blob.text(), (await blob.arrayBuffer()).byteLength], [0, "", "", 0]);
});

test("types are lower-cased, or dropped if they have strange characters", () => {
  const type = (value) => new Blob([], { type: value }).type;
  assertEquals([type("Text/PLAIN"), type("a\u00e9"), type("a\tb"), type(null), type(undefined)], ["text/plain", "", "", "null", ""]);
});

test("slice", async () => {
  const blob = new Blob(["abcdef"], { type: "a/b" });
  const slices = [
    [1, -1],
    [4, 2],
    [-3],
    [undefined, undefined],
    [0, null],
    [1.9],
    ["2"],
    [NaN],
    [-1e12, 1e12],
  ];
  const texts = await Promise.all(slices.map((bounds) => blob.slice(...bounds).text()));
  assertEquals(texts, ["bcde", "", "def", "abcdef", "", "bcdef", "cdef", "abcdef", "abcdef"]);
  assertEquals([blob.slice().type, blob.slice(0, 1, "X/Y").type], ["", "x/y"]);
  assertEquals(await blob.slice(1, 5).slice(1, 3).text(), "cd");
  assertEquals(await new Blob([blob.slice(2, 4), "!"]).text(), "cd!");
});

test("text keeps a byte order mark and replaces what is not UTF-8", async () => {
  assertEquals((await new Blob(["\ufeffx"]).text()).length, 2);
  assertEquals(await new Blob([new Uint8Array([0xff])]).text(), "\ufffd");
  assertEquals(await new Blob(["\ud800"]).text(), "\ufffd");
});

test("stream gives a big blob in pieces", async () => {
  const blob = new Blob([new Uint8Array(1000000).fill(5)]);
  let pieces = 0;
  let total = 0;
  for await (const piece of blob.stream()) {
    pieces++;
    total += piece.length;
  }
  assertEquals(total, 1000000);
  assert(pieces > 1);
  const reader = blob.stream().getReader({ mode: "byob" });
  const { value } = await reader.read(new Uint8Array(10), { min: 10 });
  assertEquals(value, new Uint8Array(10).fill(5));
  await reader.cancel();
});

test("bad arguments", () => {
  for (const parts of [null, "abc", {}, new Set(["a"]), new Uint8Array(3)]) {
    assertThrows(() => new Blob(parts), TypeError, "Failed to construct 'Blob': constructor parameter 1 is not of type 'Array'.");
  }
  assertThrows(() => new Blob([], 5), TypeError, "Failed to construct 'Blob': constructor parameter 2 is not of type 'Options'.");
  assertThrows(() => new Blob([], { endings: "native" }), Error, "The 'endings' field on 'Options' is not implemented.");
  assertThrows(() => Blob([]), TypeError);
  const part = new Uint8Array(70 << 20);
  assertThrows(() => new Blob([part, part]), RangeError, "Blob size 146800640 exceeds limit 134217728");
});

test("members refuse other receivers", async () => {
  const { get } = Object.getOwnPropertyDescriptor(Blob.prototype, "size");
  assertThrows(() => get.call({}), TypeError, "Illegal invocation");
  assertThrows(() => Blob.prototype.slice.call({}), TypeError, "Illegal invocation");
  assertThrows(() => Blob.prototype.stream.call({}), TypeError, "Illegal invocation");
  await assertRejects(Blob.prototype.text.call(undefined), TypeError, "Illegal invocation");
  await assertRejects(Blob.prototype.bytes.call({}), TypeError, "Illegal invocation");
  await assertRejects(Blob.prototype.arrayBuffer.call(1), TypeError, "Illegal invocation");
});

test("File has a name and a time", async () => {
  const file = new File(["abc"], "n/a:b\ud800", { type: "T/P", lastModified: 12.7 });
  assertEquals([file.name, file.type, file.lastModified, file.size], ["n/a:b\ufffd", "t/p", 12.7, 3]);
  assert(file instanceof Blob);
  assertEquals(String(file), "[object File]");
  assertEquals(String(file.slice()), "[object Blob]");
  assertEquals(await file.text(), "abc");
  assert(Math.abs(new File([], "x").lastModified - Date.now()) < 1000);
  const modified = (value) => new File([], "x", { lastModified: value }).lastModified;
  assertEquals([modified(NaN), modified("x"), modified(null), modified(new Date(5))], [0, 0, 0, 5]);
  assertEquals(new File([], null).name, "null");
});

test("File checks its arguments", () => {
  assertThrows(() => new File(), TypeError, "Failed to construct 'File': constructor parameter 2 is not of type 'string'.");
  assertThrows(() => new File([]), TypeError, "Failed to construct 'File'");
  assertThrows(() => new File("abc", "x"), TypeError, "Failed to construct 'File': constructor parameter 1 is not of type 'Array'.");
  const { get } = Object.getOwnPropertyDescriptor(File.prototype, "name");
  assertThrows(() => get.call(new Blob()), TypeError, "Illegal invocation");
});

test("the classes have the shape of platform classes", () => {
  const names = [];
  for (const name in new File([], "x")) names.push(name);
  assertEquals(names.sort(), ["arrayBuffer", "bytes", "lastModified", "name", "size", "slice", "stream", "text", "type"]);
  assertEquals([Blob.length, File.length, text(new Uint8Array([65]))], [0, 2, "A"]);
});

test("arguments are read in their order, members of options in the original's", () => {
  const log = [];
  const text = (name) => ({ toString: () => (log.push(name), "") });
  const options = {
    get endings() { log.push("endings"); },
    get lastModified() { log.push("lastModified"); },
    get type() { log.push("type"); },
  };
  new Blob([text("part")], options);
  assertEquals(log.splice(0), ["part", "type", "endings"]);
  new File([text("part")], text("name"), options);
  assertEquals(log.splice(0), ["part", "name", "type", "lastModified", "endings"]);
  assertThrows(() => new Blob([text("part")], 5), TypeError, "Failed to construct 'Blob': constructor parameter 2 is not of type 'Options'.");
  assertEquals(log, ["part"]);
});
