const bytesOf = async (stream) => new Uint8Array(await new Response(stream).arrayBuffer());
const text = (bytes) => new TextDecoder().decode(bytes);
const through = (stream, ...chunks) => {
  const writer = stream.writable.getWriter();
  for (const chunk of chunks) writer.write(chunk).catch(() => {});
  writer.close().catch(() => {});
  return bytesOf(stream.readable);
};
const bytes = (string) => new TextEncoder().encode(string);
// printf hello | gzip -n
const HELLO = Uint8Array.fromHex("1f8b0800000000000003cb48cdc9c907008 6a6103605000000".replace(" ", ""));

test("each format, there and back", async () => {
  const data = bytes("quire ".repeat(5000));
  for (const format of ["gzip", "deflate", "deflate-raw"]) {
    const packed = await through(new CompressionStream(format), data.subarray(0, 7), data.subarray(7));
    assert(packed.length < 300, format);
    assertEquals(await through(new DecompressionStream(format), packed), data);
    const streamed = new Blob([data]).stream().pipeThrough(new CompressionStream(format)).pipeThrough(new DecompressionStream(format));
    assertEquals(await bytesOf(streamed), data);
  }
  assertEquals(text(await through(new DecompressionStream("gzip"), HELLO)), "hello");
});

test("input in single bytes, buffers and views", async () => {
  assertEquals(text(await through(new DecompressionStream("gzip"), ...[...HELLO].map((byte) => Uint8Array.of(byte)))), "hello");
  assertEquals(text(await through(new DecompressionStream("gzip"), HELLO.buffer)), "hello");
  assertEquals(text(await through(new DecompressionStream("gzip"), new DataView(HELLO.buffer))), "hello");
});

test("what is wrong with the data errors both sides", async () => {
  const cases = [
    ["gzip", HELLO.subarray(0, 10), "Called close() on a decompression stream with incomplete data"],
    ["gzip", new Uint8Array([...HELLO, 0]), "Trailing bytes after end of compressed data"],
    ["gzip", bytes("no gzip"), "Decompression failed."],
    ["deflate", new Uint8Array(0), "Called close()"],
    ["gzip", "text", "This TransformStream is being used as a byte stream"],
  ];
  for (const [format, data, message] of cases) {
    const stream = new DecompressionStream(format);
    const writer = stream.writable.getWriter();
    const written = writer.write(data).then(() => writer.close());
    await assertRejects(bytesOf(stream.readable), TypeError, message);
    await assertRejects(written, TypeError, message);
    await assertRejects(writer.closed, TypeError, message);
  }
});

test("formats", () => {
  for (const format of ["GZIP", "zlib", "br", "", undefined]) {
    assertThrows(() => new CompressionStream(format), TypeError, "The compression format must be either");
    assertThrows(() => new DecompressionStream(format), TypeError, "The compression format must be either");
  }
  assertThrows(() => new CompressionStream(), TypeError);
  assertThrows(() => CompressionStream("gzip"), TypeError);
  assert(new CompressionStream("gzip") instanceof TransformStream);
});

test("a write does not wait for a reader, but a pipe does", async () => {
  const noise = crypto.getRandomValues(new Uint8Array(65536));
  const stream = new CompressionStream("gzip");
  const writer = stream.writable.getWriter();
  for (let i = 0; i < 4; i++) await writer.write(noise);
  assertEquals(writer.desiredSize, 0);
  const reader = stream.readable.getReader();
  while (writer.desiredSize === 0) assert(!(await reader.read()).done);
  await writer.ready;

  let pulled = 0;
  const source = new ReadableStream({ pull: (controller) => (pulled++ < 50 ? controller.enqueue(noise) : controller.close()) });
  const piped = source.pipeThrough(new CompressionStream("deflate"));
  await scheduler.wait(10);
  assert(pulled < 8, `${pulled} chunks were taken`);
  assertEquals((await bytesOf(piped.pipeThrough(new DecompressionStream("deflate")))).length, 50 * 65536);
});

test("the readable side is one of bytes", async () => {
  const stream = new DecompressionStream("gzip");
  const writer = stream.writable.getWriter();
  writer.write(HELLO);
  writer.close();
  const reader = stream.readable.getReader({ mode: "byob" });
  assertEquals(text((await reader.read(new Uint8Array(3))).value), "hel");
  assertEquals(text((await reader.read(new Uint8Array(3))).value), "lo");
  assert((await reader.read(new Uint8Array(3))).done);
});

test("cancel and abort", async () => {
  const cancelled = new CompressionStream("gzip");
  await cancelled.readable.cancel(new Error("enough"));
  await assertRejects(cancelled.writable.getWriter().write(new Uint8Array(1)), Error, "enough");
  const aborted = new CompressionStream("gzip");
  await aborted.writable.abort(new Error("no more"));
  await assertRejects(bytesOf(aborted.readable), Error, "no more");
});
