async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

test("without a transformer chunks pass through", async () => {
  const { readable, writable } = new TransformStream();
  const writer = writable.getWriter();
  writer.write(1);
  writer.write(2);
  writer.close();
  assertEquals(await collect(readable), [1, 2]);
});

test("transform may give none or many chunks, flush has the last word", async () => {
  const stream = new TransformStream({
    start: (controller) => controller.enqueue("start"),
    transform(chunk, controller) {
      for (let i = 0; i < chunk; i++) controller.enqueue(chunk);
    },
    flush: async (controller) => controller.enqueue("end"),
  });
  assertEquals(await collect(ReadableStream.from([0, 2, 1]).pipeThrough(stream)), ["start", 2, 2, 1, "end"]);
});

test("writes wait for the readable side", async () => {
  const { readable, writable } = new TransformStream();
  const writer = writable.getWriter();
  let written = false;
  const write = writer.write("x").then(() => void (written = true));
  await new Promise((resolve) => setTimeout(resolve, 1));
  assertEquals([written, writer.desiredSize], [false, 0]);
  assertEquals((await readable.getReader().read()).value, "x");
  await write;
});

test("an error in transform errors both sides", async () => {
  const { readable, writable } = new TransformStream({
    transform() {
      throw new RangeError("bad chunk");
    },
  });
  const writer = writable.getWriter();
  const read = readable.getReader().read();
  await assertRejects(writer.write(1), RangeError, "bad chunk");
  await assertRejects(read, RangeError, "bad chunk");
  await assertRejects(writer.closed, RangeError, "bad chunk");
});

test("error() and terminate() of the controller", async () => {
  let controller;
  const one = new TransformStream({ start: (given) => void (controller = given) });
  controller.error(new TypeError("told so"));
  await assertRejects(one.readable.getReader().read(), TypeError, "told so");
  assertThrows(() => controller.enqueue(1), TypeError, "The readable side of this TransformStream is no longer readable.");
  const two = new TransformStream({ start: (given) => void (controller = given) });
  assertEquals(controller.desiredSize, 0);
  controller.terminate();
  assertEquals((await two.readable.getReader().read()).done, true);
  await assertRejects(two.writable.getWriter().closed, TypeError, "The transform stream has been terminated");
});

test("cancel and abort reach the transformer", async () => {
  const reasons = [];
  const make = () => new TransformStream({ cancel: (reason) => void reasons.push(reason) });
  const one = make();
  await one.readable.cancel("c");
  await assertRejects(one.writable.getWriter().closed.catch((thrown) => Promise.reject(new Error(thrown))), Error, "c");
  const two = make();
  await two.writable.abort("a");
  await assertRejects(two.readable.getReader().read().catch((thrown) => Promise.reject(new Error(thrown))), Error, "a");
  assertEquals(reasons, ["c", "a"]);
});

test("a close that fails in flush is reported", async () => {
  const { readable, writable } = new TransformStream({ flush: () => Promise.reject(new RangeError("flush")) });
  const close = writable.close();
  await assertRejects(readable.getReader().read(), RangeError, "flush");
  await assertRejects(close, RangeError, "flush");
});

test("strategies of both sides", () => {
  const { writable } = new TransformStream({}, { highWaterMark: 5 }, { highWaterMark: 3, size: () => 1 });
  assertEquals(writable.getWriter().desiredSize, 5);
  assertThrows(() => new TransformStream({}, {}, { highWaterMark: -1 }), RangeError);
});

test("the constructor checks its arguments", () => {
  assertThrows(() => new TransformStream({ readableType: "bytes" }), RangeError);
  assertThrows(() => new TransformStream({ writableType: "bytes" }), RangeError);
  assertThrows(() => new TransformStream({ flush: {} }), TypeError);
  assertThrows(() => new TransformStream(null), TypeError);
  assertThrows(() => new TransformStreamDefaultController(), TypeError, "Illegal constructor");
  const { get } = Object.getOwnPropertyDescriptor(TransformStream.prototype, "readable");
  assertThrows(() => get.call({}), TypeError, "Illegal invocation");
});
