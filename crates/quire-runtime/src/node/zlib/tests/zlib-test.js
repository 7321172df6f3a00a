const zlib = requireNode("zlib");
const { Buffer } = requireNode("buffer");
const { Readable } = requireNode("stream");
const { promisify } = requireNode("util");
const text = "The quick brown fox jumps over the lazy dog. ".repeat(200);

const pairs = [
  ["deflate", "inflate"],
  ["gzip", "gunzip"],
  ["deflateRaw", "inflateRaw"],
  ["gzip", "unzip"],
  ["deflate", "unzip"],
  ["brotliCompress", "brotliDecompress"],
  ["zstdCompress", "zstdDecompress"],
];

test("at once, by callback and as streams", async () => {
  for (const [compress, decompress] of pairs) {
    const small = zlib[`${compress}Sync`](text);
    assert(small.length < text.length / 10, compress);
    assertEquals(zlib[`${decompress}Sync`](small).toString(), text);
    assertEquals((await promisify(zlib[decompress])(await promisify(zlib[compress])(text))).toString(), text);
    const create = (name) => zlib[`create${name[0].toUpperCase()}${name.slice(1)}`]({ chunkSize: 64 });
    const stream = Readable.from([text.slice(0, 3000), text.slice(3000)]).pipe(create(compress)).pipe(create(decompress));
    assertEquals(Buffer.concat(await stream.toArray()).toString(), text);
  }
});

test("what others compressed", () => {
  // By Node.js.
  assertEquals(zlib.gunzipSync(Buffer.from("H4sIAAAAAAAAA8tIzcnJVyjPL8pJAQCFEUoNCwAAAA==", "base64")).toString(), "hello world");
  assertEquals(zlib.inflateSync(Buffer.from("eJzLSM3JyVcozy/KSQEAGgsEXQ==", "base64")).toString(), "hello world");
  assertEquals(zlib.inflateRawSync(Buffer.from("y0jNyclXKM8vykkBAA==", "base64")).toString(), "hello world");
  assertEquals(zlib.brotliDecompressSync(Buffer.from("CwWAaGVsbG8gd29ybGQD", "base64")).toString(), "hello world");
});

test("large data by callback goes elsewhere and comes back", async () => {
  const data = Buffer.alloc(300_000, text);
  assert((await promisify(zlib.gunzip)(await promisify(zlib.gzip)(data))).equals(data));
});

test("data that is wrong, cut off or followed by something", () => {
  const of = (run) => {
    const { code, errno, message } = assertThrows(run, Error);
    return [code, errno, message];
  };
  const file = zlib.gzipSync("abc");
  assertEquals(of(() => zlib.gunzipSync("no gzip at all")), ["Z_DATA_ERROR", -3, "incorrect header check"]);
  assertEquals(of(() => zlib.inflateSync(Buffer.from("no zlib"))), ["Z_DATA_ERROR", -3, "incorrect header check"]);
  assertEquals(of(() => zlib.gunzipSync(file.subarray(0, -1))), ["Z_BUF_ERROR", -5, "unexpected end of file"]);
  assertEquals(of(() => zlib.inflateSync("")), ["Z_BUF_ERROR", -5, "unexpected end of file"]);
  assertEquals(zlib.gunzipSync(file.subarray(0, -8), { finishFlush: zlib.constants.Z_SYNC_FLUSH }).toString(), "abc");
  assertEquals(zlib.gunzipSync(Buffer.concat([file, file, Buffer.alloc(9)])).toString(), "abcabc");
  assertEquals(of(() => zlib.gunzipSync(Buffer.concat([file, Buffer.from("xyz")])))[0], "Z_DATA_ERROR");
  assertEquals(assertThrows(() => zlib.brotliDecompressSync(Buffer.from([255, 255, 255])), Error).message, "Decompression failed");
  assertEquals(assertThrows(() => zlib.gunzipSync(zlib.gzipSync(text), { maxOutputLength: 100 }), Error).code, "ERR_BUFFER_TOO_LARGE");
});

test("dictionaries", () => {
  const dictionary = Buffer.from("quick brown fox");
  const small = zlib.deflateSync("the quick brown fox", { dictionary });
  assertEquals(zlib.inflateSync(small, { dictionary }).toString(), "the quick brown fox");
  assertEquals(assertThrows(() => zlib.inflateSync(small), Error).message, "Missing dictionary");
  assertEquals(assertThrows(() => zlib.inflateSync(small, { dictionary: Buffer.from("wrong") }), Error).message, "Bad dictionary");
  const raw = zlib.deflateRawSync("the quick brown fox", { dictionary });
  assertEquals(zlib.inflateRawSync(raw, { dictionary }).toString(), "the quick brown fox");
});

test("options: levels, bounds, Brotli's parameters", () => {
  assert(zlib.deflateSync(text, { level: 0 }).length > text.length);
  assertEquals(zlib.inflateSync(zlib.deflateSync(text, { level: 9, windowBits: 9 })).toString(), text);
  assertEquals(assertThrows(() => zlib.createGzip({ level: 10 }), RangeError).code, "ERR_OUT_OF_RANGE");
  assertEquals(assertThrows(() => zlib.createGzip({ windowBits: 8 }), RangeError).code, "ERR_OUT_OF_RANGE");
  assertEquals(assertThrows(() => zlib.createGzip({ chunkSize: 1 }), RangeError).code, "ERR_OUT_OF_RANGE");
  assertEquals(assertThrows(() => zlib.gzipSync(5), TypeError).code, "ERR_INVALID_ARG_TYPE");
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_MODE, BROTLI_MODE_TEXT } = zlib.constants;
  const quick = zlib.brotliCompressSync(text, { params: { [BROTLI_PARAM_QUALITY]: 0, [BROTLI_PARAM_MODE]: BROTLI_MODE_TEXT } });
  assert(quick.length > zlib.brotliCompressSync(text).length);
  assertEquals(zlib.brotliDecompressSync(quick).toString(), text);
});

test("flush() makes what was written readable", async () => {
  for (const [compress, decompress] of [[zlib.createGzip(), zlib.createGunzip()], [zlib.createBrotliCompress(), zlib.createBrotliDecompress()], [zlib.createZstdCompress(), zlib.createZstdDecompress()]]) {
    compress.pipe(decompress);
    compress.write("one");
    compress.flush();
    assertEquals(String(await new Promise((resolve) => decompress.once("data", resolve))), "one");
    compress.destroy();
    decompress.destroy();
  }
});

test("a stream tells its error and closes", async () => {
  const stream = zlib.createGunzip();
  const events = [];
  stream.on("error", (error) => events.push(error.code)).on("close", () => events.push("close"));
  stream.end("garbage");
  await new Promise((resolve) => stream.on("close", resolve));
  assertEquals(events, ["Z_DATA_ERROR", "close"]);
});

test("a reader that waits holds decompression back", async () => {
  const bomb = zlib.gzipSync(Buffer.alloc(10_000_000));
  const stream = zlib.createGunzip();
  stream.end(bomb);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert(stream.readableLength < 200_000, `${stream.readableLength} bytes are waiting`);
  let length = 0;
  for await (const chunk of stream) length += chunk.length;
  assertEquals(length, 10_000_000);
});

test("params() in between does not disturb the data; bytesWritten counts", async () => {
  const stream = zlib.createDeflate({ level: 9 });
  const parts = [];
  stream.on("data", (chunk) => parts.push(chunk));
  stream.write(text);
  await new Promise((resolve) => stream.params(0, zlib.constants.Z_DEFAULT_STRATEGY, resolve));
  stream.end(text);
  await new Promise((resolve) => stream.on("end", resolve));
  assertEquals(stream.bytesWritten, text.length * 2);
  const all = Buffer.concat(parts);
  assertEquals(zlib.inflateSync(all).toString(), text + text);
});

test("crc32, constants, classes without new", () => {
  assertEquals(zlib.crc32("hello"), 0x3610a686);
  assertEquals(zlib.crc32(Buffer.from("lo"), zlib.crc32("hel")), 0x3610a686);
  assertEquals([zlib.constants.Z_FINISH, zlib.codes.Z_DATA_ERROR, zlib.codes["-3"], zlib.Z_BEST_SPEED], [4, -3, "Z_DATA_ERROR", 1]);
  assert(zlib.Gzip() instanceof zlib.Gzip);
});

test("Zstandard", async () => {
  const { constants } = zlib;
  const hex = (bytes) => bytes.toString("hex");
  const bytes = (text) => Buffer.from(text, "hex");
  const hello = "28b52ffd200529000068656c6c6f";
  // What the original gives.
  assertEquals([hex(zlib.zstdCompressSync("hello")), hex(zlib.zstdCompressSync(""))], [hello, "28b52ffd2000010000"]);
  const compressed = (params) => hex(zlib.zstdCompressSync("hello", { params }));
  assertEquals(
    [compressed({ [constants.ZSTD_c_checksumFlag]: 1 }), compressed({ [constants.ZSTD_c_contentSizeFlag]: 0 }), compressed({ [constants.ZSTD_c_compressionLevel]: 999 })],
    ["28b52ffd240529000068656c6c6fa36d9f88", "28b52ffd000029000068656c6c6f", hello],
  );
  // What follows the first frame is left out.
  assertEquals([hello, `${hello}6162`, hello + hello, ""].map((text) => zlib.zstdDecompressSync(bytes(text)).toString()), ["hello", "hello", "hello", ""]);
  const dictionary = Buffer.from("dictionary text ".repeat(10));
  const small = zlib.zstdCompressSync("dictionary text dictionary", { dictionary });
  assert(small.length < zlib.zstdCompressSync("dictionary text dictionary").length);
  assertEquals(zlib.zstdDecompressSync(small, { dictionary }).toString(), "dictionary text dictionary");
  const thrown = (run) => assertThrows(run, Error).message;
  assertEquals(
    [thrown(() => zlib.zstdDecompressSync(bytes(hello.slice(0, -2)))), thrown(() => zlib.zstdDecompressSync(bytes("0000000000000000"))), thrown(() => compressed({ [constants.ZSTD_c_windowLog]: 1 }))],
    ["unexpected end of file", "Zstd decompression failed: Unknown frame descriptor", "Setting parameter failed: Parameter is out of bound"],
  );
  for (const params of [{ 999: 1 }, { x: 1 }]) assertEquals(assertThrows(() => compressed(params), RangeError).code, "ERR_ZSTD_INVALID_PARAM");
  assertEquals(thrown(() => compressed({ 1: 1 })), "Unsupported Zstd compression parameter: 1");
  assertEquals(assertThrows(() => zlib.zstdCompressSync("hello", { flush: 5 }), RangeError).message, 'The value of "options.flush" is out of range. It must be >= 0 and <= 2. Received 5');
});

test("streams of Zstandard", async () => {
  const through = (stream, chunks) =>
    new Promise((resolve) => {
      const parts = [];
      stream.on("data", (chunk) => parts.push(chunk));
      stream.on("end", () => resolve(Buffer.concat(parts).toString()));
      stream.on("error", ({ code, errno, message }) => resolve([code, errno, message]));
      for (const chunk of chunks) stream.write(chunk);
      stream.end();
    });
  const hello = Buffer.from("28b52ffd200529000068656c6c6f", "hex");
  const decompressed = (...chunks) => through(zlib.createZstdDecompress(), chunks);
  assertEquals(await decompressed(hello.subarray(0, 8), hello.subarray(8)), "hello");
  assertEquals(await decompressed(Buffer.concat([hello, hello])), "hello");
  assertEquals(await decompressed(hello.subarray(0, 8)), ["ERR_ZSTD_DECOMPRESSION_FAILED", -1, "unexpected end of file"]);
  assertEquals(await decompressed(hello, "trailing"), ["ERR_ZSTD_DECOMPRESSION_FAILED", -1, "Zstd decompression failed: Unknown frame descriptor"]);
  const pledged = through(zlib.createZstdCompress({ pledgedSrcSize: 4 }), ["hel", "lo"]);
  assertEquals(await pledged, ["ERR_ZSTD_COMPRESSION_FAILED", -1, "Zstd compression failed: Src size is incorrect"]);
});
