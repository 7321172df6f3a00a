// The body mixin. What is expected was observed on the original, unless a test says otherwise.
const USED = "Body has already been used. It can only be used once. Use tee() first if you need to read it twice.";
const LOCKED = "This ReadableStream is currently locked to a reader.";
const encode = (text) => new TextEncoder().encode(text);

test("every reader reads every kind of body", async () => {
  const stream = () => new ReadableStream({ start: (c) => (c.enqueue(encode("h")), c.enqueue(encode("é")), c.close()) });
  const kinds = [() => "hé", () => encode("hé"), () => encode("hé").buffer, () => new DataView(encode("xhé").buffer, 1), () => new Blob(["hé"]), stream, () => new Response("hé").body];
  for (const kind of kinds) {
    for (const touch of [false, true]) {
      const make = () => {
        const response = new Response(kind());
        if (touch) response.body;
        return response;
      };
      assertEquals(await make().text(), "hé");
      assertEquals(await make().bytes(), encode("hé"));
      assertEquals(await make().arrayBuffer(), encode("hé").buffer);
      assertEquals(await (await make().blob()).text(), "hé");
      await assertRejects(make().json(), SyntaxError);
    }
  }
  assertEquals(await new Response("[1]").json(), [1]);
});

test("what bodies are made of, and the type that gives", () => {
  const inits = ["s", new URLSearchParams("a=b"), new Blob(["x"], { type: "Q/R" }), new Blob(["x"]), new Uint8Array(1), new ArrayBuffer(1), new ReadableStream(), {}, 5, "", null, undefined];
  const plain = "text/plain;charset=UTF-8";
  const form = "application/x-www-form-urlencoded;charset=UTF-8";
  assertEquals(inits.map((init) => new Response(init).headers.get("content-type")), [plain, form, "q/r", null, null, null, null, plain, plain, plain, null, null]);
  assert(/^multipart\/form-data; boundary=/.test(new Response(new FormData()).headers.get("content-type")));
});

test("other values become text, iterables of bytes a stream", async () => {
  const text = (init) => new Response(init).text();
  assertEquals([await text({}), await text(5), await text(true), await text({ toString: () => "z" }), await text(new String("so"))], ["[object Object]", "5", "true", "z", "so"]);
  assertThrows(() => new Response(Symbol("x")), TypeError);
  assertEquals([await text(new Set([encode("a"), encode("b")])), await text([]), await text([encode("p"), encode("q")])], ["ab", "", "pq"]);
  assertEquals(await text((async function* () { yield encode("x"); yield encode("y"); })()), "xy");
  await assertRejects(text(["a", "b"]), TypeError);
});

test("a null body is empty and never used", async () => {
  const response = new Response();
  assertEquals([await response.text(), (await response.bytes()).length, (await response.arrayBuffer()).byteLength, (await response.blob()).size], ["", 0, 0, 0]);
  await assertRejects(response.json(), SyntaxError);
  assertEquals(response.bodyUsed, false);
});

test("a body is read once", async () => {
  const response = new Response("x");
  const first = response.text();
  assertEquals(response.bodyUsed, true);
  await assertRejects(response.json(), TypeError, USED);
  assertEquals([await first, response.body.locked], ["x", true]);
  await assertRejects(response.body.cancel(), TypeError);
  for (const init of [response.body]) assertThrows(() => new Response(init), TypeError);
});

test("locks and partial reads", async () => {
  const locked = new Response("x");
  locked.body.getReader();
  await assertRejects(locked.text(), TypeError, LOCKED);
  assertEquals(locked.bodyUsed, false);
  const released = new Response("x");
  released.body.getReader().releaseLock();
  assertEquals([released.bodyUsed, await released.text()], [false, "x"]);
  const partial = new Response("x");
  const reader = partial.body.getReader();
  await reader.read();
  reader.releaseLock();
  assertEquals(partial.bodyUsed, true);
  await assertRejects(partial.text(), TypeError, USED);
  const cancelled = new Response("x");
  await cancelled.body.cancel();
  await assertRejects(cancelled.text(), TypeError, USED);
  assertThrows(() => new Response(locked.body), TypeError, "This ReadableStream is locked to a reader, and cannot be used as a body.");
});

test("a stream may be the body of two, but only one reads it", async () => {
  const first = new Response("z");
  const second = new Response(first.body);
  assertEquals([first.body === second.body, first.bodyUsed, await second.text(), first.bodyUsed], [true, false, "z", true]);
  await assertRejects(first.text(), TypeError, USED);
});

test("text loses a byte order mark and is well formed", async () => {
  assertEquals(await new Response("\ufeffx").text(), "x");
  assertEquals(await new Response(new Uint8Array([239, 187, 191, 120])).text(), "x");
  assertEquals(await new Response("\ufeff[1]").json(), [1]);
  assertEquals((await new Response("\ufeff\ufeffx").text()).length, 2);
  assertEquals(await new Response("\ufeffx").bytes(), new Uint8Array([239, 187, 191, 120]));
  assertEquals(await new Response(new Uint8Array([97, 255, 98])).text(), "a\ufffdb");
});

test("the type of a blob is what Content-Type says", async () => {
  const types = {
    "Text/HTML; Charset=X": "text/html;charset=X",
    "a/b ; c=D;E=f": "a/b;c=D;e=f",
    'a/b;c="d e"': 'a/b;c="d e"',
    'a/b;c="x\\"y"': 'a/b;c="x\\"y"',
    'a/b;c=""': 'a/b;c=""',
    'a/b;c="open': "a/b;c=open",
    "a/b;=c": "a/b",
    "a/b, c/d": "c/d",
    "a/b;c=1;c=2": "a/b;c=1",
    bogus: "",
    "a/": "",
    "é/b": "",
    "": "",
  };
  for (const [header, type] of Object.entries(types)) {
    assertEquals((await new Response("x", { headers: { "content-type": header } }).blob()).type, type, header);
  }
  assertEquals((await new Response("x").blob()).type, "text/plain;charset=UTF-8");
  assertEquals((await new Response(new Uint8Array(1)).blob()).type, "");
});

test("forms in both codings", async () => {
  const url = new Response("a=1&b=%20+x&a=2", { headers: { "content-type": "Application/X-WWW-Form-Urlencoded; charset=utf-8" } });
  assertEquals([...(await url.formData())], [["a", "1"], ["b", "  x"], ["a", "2"]]);
  const form = new FormData();
  form.append("a", "1");
  form.append("f", new File(["xyz"], "n.txt", { type: "text/plain" }));
  const read = await new Response(form).formData();
  assertEquals([read.get("a"), read.get("f").name, read.get("f").type, await read.get("f").text()], ["1", "n.txt", "text/plain", "xyz"]);
  const plain = new Response("x");
  await assertRejects(plain.formData(), TypeError, "Unrecognized Content-Type header value.");
  assertEquals(plain.bodyUsed, true);
  for (const type of ["multipart/form-data", "multipart/form-data; boundary=q"]) {
    await assertRejects(new Response("x", { headers: { "content-type": type } }).formData(), TypeError);
  }
  await assertRejects(new Response(new Uint8Array(1)).formData(), TypeError);
});

test("a program's own memory is not the body's", async () => {
  const bytes = encode("abc");
  const response = new Response(bytes);
  bytes[0] = 120;
  const read = await response.bytes();
  assertEquals([new TextDecoder().decode(read), read.buffer.byteLength], ["abc", 3]);
});

test("readers on the wrong receiver", async () => {
  for (const name of ["text", "json", "bytes", "arrayBuffer", "blob", "formData"]) {
    await assertRejects(async () => Response.prototype[name].call({}), TypeError, "Illegal invocation");
  }
});
