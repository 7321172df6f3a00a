// The order of events is Node.js's, recorded there.
const stream = requireNode("stream");
const { Buffer } = requireNode("buffer");
const { Readable, Writable, Duplex, Transform, PassThrough, pipeline, finished } = stream;

/** What happens to a stream, in order. */
function record(target, log = []) {
  for (const event of ["data", "end", "finish", "prefinish", "error", "close", "drain", "readable", "pipe", "unpipe", "pause", "resume"]) {
    if (event === "data" || event === "readable") continue;
    target.on(event, (value) => log.push(event === "error" ? `error ${value.message}` : event));
  }
  return log;
}
const closed = (target) => new Promise((resolve) => target.on("close", resolve));

test("the module is the base class with everything on it", () => {
  assert(stream.Stream === stream && new Readable() instanceof stream);
  assert(new Duplex() instanceof Writable && new PassThrough() instanceof Transform);
  assert(!(new Readable() instanceof Writable));
  assert(requireNode("_stream_readable") === Readable);
  assert(requireNode("stream/web").ReadableStream === ReadableStream);
});

test("classes of before there were classes can inherit", async () => {
  function Upper() {
    Transform.call(this);
  }
  requireNode("util").inherits(Upper, Transform);
  Upper.prototype._transform = function (chunk, encoding, callback) {
    callback(null, chunk.toString().toUpperCase());
  };
  const upper = new Upper();
  upper.end("abc");
  assertEquals((await upper.toArray()).join(""), "ABC");
});

test("events of a flowing readable", async () => {
  const readable = new Readable({ read() {} });
  const log = record(readable);
  readable.on("data", (chunk) => log.push(String(chunk)));
  readable.push("a");
  readable.push("b");
  readable.push(null);
  log.push("sync");
  await closed(readable);
  assertEquals(log, ["sync", "resume", "a", "b", "end", "close"]);
});

test("events of a writable, and its callbacks", async () => {
  const log = [];
  const writable = new Writable({
    highWaterMark: 3,
    write(chunk, encoding, callback) {
      log.push(`write ${chunk}`);
      callback();
    },
    final(callback) {
      log.push("final");
      callback();
    },
  });
  record(writable, log);
  log.push(writable.write("ab", () => log.push("written ab")));
  log.push(writable.write("cd", () => log.push("written cd")));
  writable.end("e", () => log.push("ended"));
  log.push("sync");
  await closed(writable);
  assertEquals(log, [
    "write ab", true, "write cd", true, "write e", "final", "prefinish", "sync", "written ab", "written cd", "ended", "finish", "close",
  ]);
});

test("a writer waits for drain", async () => {
  const taken = [];
  const writable = new Writable({ objectMode: true, highWaterMark: 2, write: (chunk, encoding, callback) => setTimeout(() => (taken.push(chunk), callback()), 1) });
  assertEquals([writable.write(1), writable.write(2), writable.writableNeedDrain, writable.writableLength], [true, false, true, 2]);
  await new Promise((resolve) => writable.once("drain", resolve));
  assertEquals(taken, [1, 2]);
});

test("cork() collects for writev()", async () => {
  const batches = [];
  const writable = new Writable({ writev: (chunks, callback) => (batches.push(chunks.map(({ chunk }) => String(chunk))), callback()) });
  writable.cork();
  writable.write("a");
  writable.write("b");
  writable.uncork();
  writable.end("c");
  await closed(writable);
  assertEquals(batches, [["a", "b"], ["c"]]);
});

test("read() by size, unshift, setEncoding", async () => {
  const readable = new Readable({ read() {} });
  readable.push("hello ");
  readable.push("wörld");
  await new Promise((resolve) => readable.once("readable", resolve));
  assertEquals(String(readable.read(3)), "hel");
  readable.unshift("HEL");
  readable.setEncoding("utf8");
  assertEquals([readable.readableLength, readable.read(7), readable.read(), readable.read()], [11, "HELlo w", "örld", null]);
});

test("a multi-byte character in two chunks", async () => {
  const readable = new Readable({ read() {}, encoding: "utf8" });
  const euro = Buffer.from("€");
  readable.push(euro.subarray(0, 1));
  readable.push(euro.subarray(1));
  readable.push(null);
  assertEquals(await readable.toArray(), ["€"]);
});

test("pipe() holds the reader back and unpipe() lets go", async () => {
  const given = [];
  let next = 0;
  const source = new Readable({ objectMode: true, highWaterMark: 2, read() { this.push(next < 50 ? next++ : null); } });
  let most = 0;
  const target = new Writable({
    objectMode: true,
    highWaterMark: 4,
    write(chunk, encoding, callback) {
      given.push(chunk);
      most = Math.max(most, target.writableLength + source.readableLength);
      setTimeout(callback, 0);
    },
  });
  const log = record(target);
  source.pipe(target);
  await closed(target);
  assertEquals(given.length, 50);
  assert(most <= 7, `${most} chunks were held`);
  assertEquals(log.filter((event) => event !== "drain"), ["pipe", "prefinish", "finish", "unpipe", "close"]);
});

test("destroy(): once, with the error, and nothing after close", async () => {
  const readable = new Readable({ read() {} });
  const log = record(readable);
  readable.destroy(new Error("first"));
  readable.destroy(new Error("second"));
  log.push([readable.destroyed, readable.errored.message, readable.closed, readable.push("x")]);
  await closed(readable);
  assertEquals(log, [[true, "first", true, false], "error first", "close"]);
});

test("writing after the end", async () => {
  const writable = new Writable({ write: (chunk, encoding, callback) => callback() });
  const codes = [];
  writable.on("error", (error) => codes.push(error.code));
  writable.end();
  writable.write("x", (error) => codes.push(error.code));
  await closed(writable);
  assertEquals(codes, ["ERR_STREAM_WRITE_AFTER_END", "ERR_STREAM_WRITE_AFTER_END"]);
  assertEquals(assertThrows(() => new Writable().write(null), TypeError).code, "ERR_STREAM_NULL_VALUES");
  assertEquals(assertThrows(() => new Writable().write({}), TypeError).code, "ERR_INVALID_ARG_TYPE");
});

test("construct() comes first", async () => {
  const log = [];
  const duplex = new Duplex({
    construct: (callback) => setTimeout(() => (log.push("construct"), callback()), 1),
    read() {
      log.push("read");
      this.push(null);
    },
    write: (chunk, encoding, callback) => (log.push("write"), callback()),
  });
  duplex.resume().end("x");
  await closed(duplex);
  assertEquals(log.sort(), ["construct", "read", "write"]);
});

test("transforms: flush, errors, object mode on one side", async () => {
  const lines = new Transform({
    readableObjectMode: true,
    transform(chunk, encoding, callback) {
      for (const line of String(chunk).split("\n")) this.push({ line });
      callback();
    },
    flush: (callback) => callback(null, { line: "last" }),
  });
  lines.write("a\nb");
  lines.end("c");
  assertEquals((await lines.toArray()).map(({ line }) => line), ["a", "b", "c", "last"]);
  const failing = new Transform({ transform: (chunk, encoding, callback) => callback(new Error("no")) });
  failing.write("x");
  await assertRejects(failing.toArray(), Error, "no");
});

test("pipeline() through streams and generators, and what it fails with", async () => {
  const out = [];
  await stream.promises.pipeline(
    Readable.from(["a", "b", "c"]),
    async function* (source) {
      for await (const chunk of source) yield chunk.toUpperCase();
    },
    new PassThrough({ objectMode: true }),
    new Writable({ objectMode: true, write: (chunk, encoding, callback) => (out.push(chunk), callback()) }),
  );
  assertEquals(out, ["A", "B", "C"]);
  const source = new Readable({ read() {} });
  const target = new PassThrough();
  const failed = new Promise((resolve) => pipeline(source, target, resolve));
  source.destroy(new Error("broken"));
  assertEquals((await failed).message, "broken");
  assert(target.destroyed);
  assertEquals(await stream.promises.pipeline(Readable.from([1, 2]), async (chunks) => (await Array.fromAsync(chunks)).length), 2);
  const controller = new AbortController();
  const endless = stream.promises.pipeline(new Readable({ read() {} }), new PassThrough(), { signal: controller.signal });
  controller.abort();
  assertEquals((await assertRejects(endless, Error)).code, "ABORT_ERR");
});

test("finished() and premature closing", async () => {
  const readable = new Readable({ read() {} });
  const outcome = new Promise((resolve) => finished(readable, resolve));
  readable.destroy();
  assertEquals((await outcome).code, "ERR_STREAM_PREMATURE_CLOSE");
  const fine = Readable.from(["x"]);
  fine.resume();
  assertEquals(await stream.promises.finished(fine), undefined);
});

test("async iteration ends the stream that it leaves", async () => {
  const readable = Readable.from([1, 2, 3]);
  for await (const chunk of readable) if (chunk === 2) break;
  assert(readable.destroyed);
  const kept = Readable.from([1, 2, 3]);
  for await (const chunk of kept.iterator({ destroyOnReturn: false })) if (chunk === 1) break;
  assertEquals(await kept.toArray(), [2, 3]);
});

test("the array-like methods", async () => {
  const numbers = () => Readable.from([1, 2, 3, 4]);
  assertEquals(await numbers().map(async (n) => n * 2, { concurrency: 2 }).toArray(), [2, 4, 6, 8]);
  assertEquals(await numbers().filter((n) => n % 2).toArray(), [1, 3]);
  assertEquals(await numbers().flatMap((n) => [n, n]).take(3).toArray(), [1, 1, 2]);
  assertEquals(await numbers().drop(3).toArray(), [4]);
  assertEquals(await numbers().reduce((sum, n) => sum + n, 0), 10);
  assertEquals([await numbers().some((n) => n > 3), await numbers().every((n) => n > 3), await numbers().find((n) => n > 2)], [true, false, 3]);
  const seen = [];
  await numbers().forEach((n) => seen.push(n));
  assertEquals(seen, [1, 2, 3, 4]);
});

test("compose() and Duplex.from()", async () => {
  const both = stream.compose(
    async function* (source) {
      for await (const chunk of source) yield `${chunk}!`;
    },
    new PassThrough(),
  );
  both.end("a");
  assertEquals(String(Buffer.concat(await both.toArray())), "a!");
  const pair = Duplex.from({ readable: Readable.from(["r"]), writable: new Writable({ write: (chunk, encoding, callback) => callback() }) });
  assertEquals(await pair.toArray(), ["r"]);
  const [one, other] = stream.duplexPair();
  one.end("over");
  assertEquals(String(Buffer.concat(await other.toArray())), "over");
});

test("to the web's streams and back", async () => {
  const web = Readable.toWeb(Readable.from([Buffer.from("a"), Buffer.from("b")], { objectMode: false }));
  assertEquals(await new Response(web).text(), "ab");
  const node = Readable.fromWeb(new Response("hello").body, { encoding: "utf8" });
  assertEquals((await node.toArray()).join(""), "hello");
  const taken = [];
  const writer = Writable.toWeb(new Writable({ write: (chunk, encoding, callback) => (taken.push(String(chunk)), callback()) })).getWriter();
  await writer.write(new Uint8Array([104, 105]));
  await writer.close();
  assertEquals(taken, ["hi"]);
  const { readable, writable } = new TransformStream();
  const duplex = Duplex.fromWeb({ readable, writable }, { encoding: "utf8" });
  duplex.end("through");
  assertEquals((await duplex.toArray()).join(""), "through");
});

test("consumers", async () => {
  const consumers = requireNode("stream/consumers");
  const source = () => Readable.from([Buffer.from('{"a":'), Buffer.from("1}")]);
  assertEquals(await consumers.text(source()), '{"a":1}');
  assertEquals(await consumers.json(source()), { a: 1 });
  assertEquals((await consumers.buffer(source())).length, 7);
  assertEquals((await consumers.arrayBuffer(source())).byteLength, 7);
  assertEquals((await consumers.blob(source())).size, 7);
});
