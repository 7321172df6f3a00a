const text = (bytes) => new TextDecoder().decode(bytes);

test("IdentityTransformStream passes bytes and encodes strings", async () => {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  const reader = readable.getReader();
  const own = new Uint8Array([1, 2]);
  const write = writer.write(own);
  const { value } = await reader.read();
  await write;
  assertEquals([value, value === own, own.length], [new Uint8Array([1, 2]), false, 2]);
  writer.write("é");
  assertEquals(text((await reader.read()).value), "é");
  writer.write(new Uint16Array([0x4141]));
  assertEquals(text((await reader.read()).value), "AA");
  writer.write(new Uint8Array([66]).buffer);
  assertEquals(text((await reader.read()).value), "B");
  await writer.close();
  assertEquals((await reader.read()).done, true);
});

test("a write ends when its bytes were read", async () => {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  let written = false;
  const write = writer.write("abc").then(() => void (written = true));
  const reader = readable.getReader({ mode: "byob" });
  assertEquals(text((await reader.read(new Uint8Array(2))).value), "ab");
  await new Promise((resolve) => setTimeout(resolve, 1));
  assertEquals(written, false);
  assertEquals(text((await reader.read(new Uint8Array(2))).value), "c");
  await write;
});

test("a read that waits gets the next write", async () => {
  const { readable, writable } = new IdentityTransformStream();
  const reader = readable.getReader({ mode: "byob" });
  const read = reader.read(new Uint8Array(4));
  const writer = writable.getWriter();
  await writer.write("xy");
  assertEquals(text((await read).value), "xy");
  const last = reader.read(new Uint8Array(4));
  await writer.close();
  assertEquals([(await last).done, (await last).value.byteLength], [true, 0]);
});

test("empty writes and an idle close need no reader", async () => {
  const { writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  await writer.write(new Uint8Array(0));
  await writer.close();
});

test("chunks that are not bytes are refused, and the stream goes on", async () => {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  await assertRejects(writer.write(5), TypeError, "This TransformStream is being used as a byte stream");
  await assertRejects(writer.write({}), TypeError, "This TransformStream is being used as a byte stream");
  writer.write("x");
  assertEquals((await readable.getReader().read()).value.length, 1);
});

test("a pipe of chunks that are not bytes fails", async () => {
  const stream = new IdentityTransformStream();
  const piped = ReadableStream.from([1]).pipeTo(stream.writable);
  await assertRejects(piped, TypeError, "This TransformStream is being used as a byte stream");
});

test("cancelling the readable side fails the write", async () => {
  const { readable, writable } = new IdentityTransformStream();
  const write = writable.getWriter().write("abc");
  await readable.cancel();
  await assertRejects(write, Error, "Stream was cancelled.");
});

test("aborting the writable side fails the read", async () => {
  const { readable, writable } = new IdentityTransformStream();
  const read = readable.getReader().read();
  await writable.abort(new RangeError("gone"));
  await assertRejects(read, RangeError, "gone");
});

test("highWaterMark counts bytes", () => {
  const writer = new IdentityTransformStream({ highWaterMark: 10 }).writable.getWriter();
  assertEquals(writer.desiredSize, 10);
  writer.write("four").catch(() => {});
  assertEquals(writer.desiredSize, 6);
  assertEquals(new IdentityTransformStream().writable.getWriter().desiredSize, 1);
});

test("both are TransformStreams", () => {
  assert(new IdentityTransformStream() instanceof TransformStream);
  assert(new FixedLengthStream(1) instanceof TransformStream);
  assertEquals(String(new FixedLengthStream(1)), "[object FixedLengthStream]");
});

test("FixedLengthStream wants exactly its bytes", async () => {
  const { readable, writable } = new FixedLengthStream(3n);
  const writer = writable.getWriter();
  const reader = readable.getReader();
  writer.write("abc");
  assertEquals(text((await reader.read()).value), "abc");
  await writer.close();
  assertEquals((await reader.read()).done, true);
});

test("too many bytes: the write goes through, the reader and close() fail", async () => {
  const { readable, writable } = new FixedLengthStream(3);
  const writer = writable.getWriter();
  const write = writer.write("abcd");
  await assertRejects(
    readable.getReader().read(),
    TypeError,
    "Attempt to write too many bytes through a FixedLengthStream.",
  );
  await write;
  await assertRejects(writer.close(), TypeError, "Attempt to write too many bytes through a FixedLengthStream.");
});

test("too few bytes: only the reader fails", async () => {
  const { readable, writable } = new FixedLengthStream(3);
  const writer = writable.getWriter();
  const reader = readable.getReader();
  writer.write("a");
  await reader.read();
  const read = reader.read();
  await writer.close();
  await assertRejects(read, TypeError, "FixedLengthStream did not see all expected bytes before close().");
});

test("the length must be a number of bytes", () => {
  assertThrows(() => new FixedLengthStream(), TypeError);
  assertThrows(() => new FixedLengthStream(-1), TypeError);
  assertThrows(() => new FixedLengthStream("x"), TypeError);
  assertThrows(() => new FixedLengthStream(2 ** 53), TypeError, "FixedLengthStream requires an integer expected length");
  assert(new FixedLengthStream(1.5) instanceof FixedLengthStream);
});
