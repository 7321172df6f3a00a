const illegal = (Class, name, kind = "get") => Object.getOwnPropertyDescriptor(Class.prototype, name)[kind];

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

test("chunks come out in order, then the stream ends", async () => {
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue("a");
      controller.enqueue("b");
      controller.close();
    },
  });
  const reader = stream.getReader();
  assertEquals(await reader.read(), { value: "a", done: false });
  assertEquals(await reader.read(), { value: "b", done: false });
  assertEquals(await reader.read(), { value: undefined, done: true });
  assertEquals(await reader.closed, undefined);
});

test("pull is called for each chunk that is wanted, and not in the constructor", async () => {
  let pulls = 0;
  const stream = new ReadableStream(
    {
      pull(controller) {
        pulls++;
        controller.enqueue(pulls);
        if (pulls === 3) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  assertEquals(pulls, 0);
  assertEquals(await collect(stream), [1, 2, 3]);
  assertEquals(pulls, 3);
});

test("a strategy's size counts chunks", () => {
  let controller;
  new ReadableStream(
    {
      start(given) {
        controller = given;
      },
    },
    { highWaterMark: 10, size: (chunk) => chunk.length },
  );
  assertEquals(controller.desiredSize, 10);
  controller.enqueue("four");
  assertEquals(controller.desiredSize, 6);
  controller.close();
  assertThrows(() => controller.enqueue("x"), TypeError, "Unable to enqueue");
  assertThrows(() => controller.close(), TypeError, "This ReadableStream is closed.");
});

test("a size that is no number errors the stream", async () => {
  let controller;
  const stream = new ReadableStream({ start: (given) => void (controller = given) }, { size: () => NaN });
  assertThrows(() => controller.enqueue("x"), RangeError);
  await assertRejects(stream.getReader().read(), RangeError);
});

test("errors reach readers, whether they come from pull or from the controller", async () => {
  const boom = new Error("boom");
  const pulling = new ReadableStream({
    pull() {
      throw boom;
    },
  });
  await assertRejects(pulling.getReader().read(), Error, "boom");
  const stream = new ReadableStream({ start: (controller) => controller.error(boom) });
  const reader = stream.getReader();
  await assertRejects(reader.closed, Error, "boom");
  await assertRejects(stream.cancel(), TypeError, "This ReadableStream is currently locked to a reader.");
});

test("cancel tells the source why, and the reader that it is over", async () => {
  let reason;
  const stream = new ReadableStream({ cancel: (given) => void (reason = given) });
  const reader = stream.getReader();
  const read = reader.read();
  await reader.cancel("enough");
  assertEquals(reason, "enough");
  assertEquals(await read, { value: undefined, done: true });
  reader.releaseLock();
  assertEquals(stream.locked, false);
});

test("a released reader is of no more use", async () => {
  const stream = new ReadableStream();
  const reader = stream.getReader();
  const read = reader.read();
  assertEquals(stream.locked, true);
  assertThrows(() => stream.getReader(), TypeError, "This ReadableStream is currently locked to a reader.");
  reader.releaseLock();
  await assertRejects(read, TypeError, "This ReadableStream reader has been released.");
  await assertRejects(reader.read(), TypeError, "This ReadableStream reader has been released.");
  await assertRejects(reader.closed, TypeError);
  await assertRejects(reader.cancel(), TypeError);
  reader.releaseLock();
  stream.getReader();
});

test("getReader checks its mode", () => {
  assertThrows(() => new ReadableStream().getReader({ mode: "other" }), TypeError, "mode must be undefined or 'byob'");
  assertThrows(() => new ReadableStream().getReader({ mode: "byob" }), TypeError, "This ReadableStream does not support BYOB");
});

test("the constructor checks its arguments", () => {
  assertThrows(() => new ReadableStream(null), TypeError);
  assertThrows(() => new ReadableStream({ pull: 1 }), TypeError, "The pull member");
  assertThrows(() => new ReadableStream({ type: "text" }), TypeError);
  assertThrows(() => new ReadableStream({ type: "bytes" }, { size() {} }), RangeError);
  assertThrows(() => new ReadableStream({ type: "bytes", autoAllocateChunkSize: 0 }), TypeError);
  assertThrows(() => new ReadableStream({}, { highWaterMark: -1 }), RangeError);
  assertThrows(() => ReadableStream(), TypeError);
  assertEquals(new ReadableStream({ type: "" }).locked, false);
});

test("from() takes arrays, generators, strings and async iterables", async () => {
  assertEquals(await collect(ReadableStream.from([1, Promise.resolve(2)])), [1, 2]);
  assertEquals(await collect(ReadableStream.from("ab")), ["a", "b"]);
  async function* letters() {
    yield "x";
    yield "y";
  }
  assertEquals(await collect(ReadableStream.from(letters())), ["x", "y"]);
  assertThrows(() => ReadableStream.from({}), TypeError);
  assertThrows(() => ReadableStream.from(null), TypeError);
  const failing = ReadableStream.from([Promise.reject(new RangeError("late"))]);
  await assertRejects(failing.getReader().read(), RangeError, "late");
});

test("cancelling a stream of from() returns the iterator", async () => {
  let returned;
  const iterable = {
    [Symbol.asyncIterator]: () => ({
      next: async () => ({ value: 1, done: false }),
      return: async (value) => {
        returned = value;
        return { done: true };
      },
    }),
  };
  const reader = ReadableStream.from(iterable).getReader();
  await reader.read();
  await reader.cancel("stop");
  assertEquals(returned, "stop");
});

test("async iteration cancels on break, unless told not to", async () => {
  let cancelled = 0;
  const make = () =>
    new ReadableStream({
      start: (controller) => controller.enqueue(1),
      cancel: () => void cancelled++,
    });
  for await (const _ of make()) break;
  assertEquals(cancelled, 1);
  const stream = make();
  for await (const _ of stream.values({ preventCancel: true })) break;
  assertEquals(cancelled, 1);
  assertEquals(stream.locked, false);
  assertEquals(ReadableStream.prototype.values, ReadableStream.prototype[Symbol.asyncIterator]);
});

test("calls of next() without waiting get their chunks in order", async () => {
  let number = 0;
  const iterator = new ReadableStream({ pull: (controller) => controller.enqueue(++number) }).values();
  const results = await Promise.all([iterator.next(), iterator.next(), iterator.return("r"), iterator.next()]);
  assertEquals(results, [
    { value: 1, done: false },
    { value: 2, done: false },
    { value: "r", done: true },
    { value: undefined, done: true },
  ]);
});

test("members refuse other receivers", async () => {
  assertThrows(() => illegal(ReadableStream, "locked").call({}), TypeError, "Illegal invocation");
  assertThrows(() => ReadableStream.prototype.getReader.call(undefined), TypeError, "Illegal invocation");
  await assertRejects(ReadableStream.prototype.cancel.call({}), TypeError, "Illegal invocation");
  await assertRejects(ReadableStream.prototype.pipeTo.call({}), TypeError, "Illegal invocation");
  await assertRejects(ReadableStreamDefaultReader.prototype.read.call({}), TypeError, "Illegal invocation");
  assertThrows(() => illegal(ReadableStreamDefaultController, "desiredSize").call({}), TypeError, "Illegal invocation");
  assertThrows(() => new ReadableStreamDefaultController(), TypeError, "Illegal constructor");
  assertThrows(() => new ReadableStreamDefaultReader({}), TypeError);
});

test("the classes have the shape of platform classes", () => {
  const names = [];
  for (const name in new ReadableStream()) names.push(name);
  assertEquals(names.sort(), ["cancel", "getReader", "locked", "pipeThrough", "pipeTo", "tee", "values"]);
  assertEquals(Object.keys(new ReadableStream()), []);
  assertEquals(String(new ReadableStream()), "[object ReadableStream]");
  assertEquals(ReadableStream.length, 0);
});

test("later changes to built-ins do not disturb streams", async () => {
  const { then } = Promise.prototype;
  const { push } = Array.prototype;
  let calls = 0;
  Promise.prototype.then = function (...handlers) {
    calls++;
    return then.apply(this, handlers);
  };
  Array.prototype.push = () => {
    throw new Error("patched");
  };
  Object.defineProperty(Object.prototype, "size", {
    configurable: true,
    set() {
      throw new Error("patched");
    },
  });
  const chunks = [];
  try {
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(1);
        controller.enqueue(2);
        controller.close();
      },
    });
    await stream.pipeThrough(new TransformStream()).pipeTo(new WritableStream({ write: (chunk) => void (chunks[chunks.length] = chunk) }));
  } finally {
    Promise.prototype.then = then;
    Array.prototype.push = push;
    delete Object.prototype.size;
  }
  assertEquals(chunks, [1, 2]);
  assertEquals(calls, 0);
});

test("queuing strategies", () => {
  const bytes = new ByteLengthQueuingStrategy({ highWaterMark: 4 });
  assertEquals([bytes.highWaterMark, bytes.size(new Uint8Array(3))], [4, 3]);
  const count = new CountQueuingStrategy({ highWaterMark: "7" });
  assertEquals([count.highWaterMark, count.size({})], [7, 1]);
  assertEquals(count.size, new CountQueuingStrategy({ highWaterMark: 1 }).size);
  assertThrows(() => new CountQueuingStrategy(), TypeError);
  assertThrows(() => new ByteLengthQueuingStrategy({}), TypeError);
  assertThrows(() => illegal(CountQueuingStrategy, "size").call({}), TypeError, "Illegal invocation");
  assertThrows(() => illegal(ByteLengthQueuingStrategy, "highWaterMark").call(1), TypeError, "Illegal invocation");
});
