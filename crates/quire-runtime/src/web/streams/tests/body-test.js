// Streams as bodies: what the rest of the runtime does with them.
test("a body of byte chunks is read as text and bytes", async () => {
  const make = () =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(new Uint8Array([104, 105]));
        controller.enqueue(new Uint8Array([33]).buffer);
        controller.close();
      },
    });
  assertEquals(await new Response(make()).text(), "hi!");
  assertEquals(await new Response(make()).bytes(), new Uint8Array([104, 105, 33]));
});

test("thousands of queued chunks are one body", async () => {
  const stream = new ReadableStream({
    start(controller) {
      for (let i = 0; i < 20000; i++) controller.enqueue(new Uint8Array([i & 255]));
      controller.close();
    },
  });
  assertEquals((await new Response(stream).bytes()).length, 20000);
});

test("a body of other chunks cannot be read here, and its source is cancelled", async () => {
  let cancelled = false;
  const stream = new ReadableStream({
    start: (controller) => controller.enqueue("text"),
    cancel: () => void (cancelled = true),
  });
  await assertRejects(new Response(stream).text(), TypeError, "This ReadableStream did not return bytes.");
  assertEquals(cancelled, true);
});

test("the bytes of a body are not the program's own", async () => {
  const chunk = new Uint8Array([1]);
  const bytes = await new Response(ReadableStream.from([chunk])).bytes();
  chunk[0] = 2;
  assertEquals(bytes, new Uint8Array([1]));
});

test("an error of the stream is the error of the body", async () => {
  const stream = new ReadableStream({ pull: () => Promise.reject(new RangeError("broken")) });
  await assertRejects(new Response(stream).text(), RangeError, "broken");
});

test("the stream of a body reads like any byte stream", async () => {
  const body = () => new Response("hello").body;
  const { value } = await body().getReader({ mode: "byob" }).read(new Uint8Array(3));
  assertEquals(new TextDecoder().decode(value), "hel");
  const chunks = [];
  for await (const chunk of body()) chunks.push(...chunk);
  assertEquals(chunks.length, 5);
  const [one, two] = body().tee();
  assertEquals([await new Response(one).text(), await new Response(two).text()], ["hello", "hello"]);
});

test("the stream of a body that was used is locked and disturbed", async () => {
  const response = new Response("x");
  const { body } = response;
  assertEquals([body.locked, response.bodyUsed], [false, false]);
  await response.text();
  assertEquals([body.locked, response.bodyUsed], [true, true]);
  assertThrows(() => body.getReader(), TypeError, "This ReadableStream is currently locked to a reader.");
});
