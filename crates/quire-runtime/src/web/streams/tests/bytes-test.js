const bytesOf = (...values) => new Uint8Array(values);

test("a byte stream gives Uint8Arrays and takes the memory it is given", async () => {
  const chunk = bytesOf(1, 2, 3);
  const stream = new ReadableStream({
    type: "bytes",
    start(controller) {
      controller.enqueue(chunk);
      controller.close();
    },
  });
  assertEquals(chunk.byteLength, 0);
  const reader = stream.getReader();
  assertEquals(await reader.read(), { value: bytesOf(1, 2, 3), done: false });
  assertEquals((await reader.read()).done, true);
});

test("a BYOB read fills the reader's memory and detaches its view", async () => {
  const stream = new ReadableStream({
    type: "bytes",
    pull(controller) {
      const { view } = controller.byobRequest;
      view.set([7, 8]);
      controller.byobRequest.respond(2);
    },
  });
  const reader = stream.getReader({ mode: "byob" });
  const buffer = new ArrayBuffer(8);
  const { value, done } = await reader.read(new Uint8Array(buffer, 2, 4));
  assertEquals([value.byteOffset, value.length, value[0], value[1], value.buffer.byteLength, done], [2, 2, 7, 8, 8, false]);
  assertEquals(buffer.byteLength, 0);
});

test("a BYOB read at the end gives the memory back", async () => {
  const stream = new ReadableStream({
    type: "bytes",
    pull(controller) {
      controller.close();
      controller.byobRequest.respond(0);
    },
  });
  const { value, done } = await stream.getReader({ mode: "byob" }).read(new Uint8Array(4));
  assertEquals([value.byteLength, value.buffer.byteLength, done], [0, 4, true]);
});

test("cancelled BYOB reads give nothing", async () => {
  const stream = new ReadableStream({ type: "bytes" });
  const reader = stream.getReader({ mode: "byob" });
  const read = reader.read(new Uint8Array(4));
  await reader.cancel();
  assertEquals(await read, { value: undefined, done: true });
});

test("read with min waits for that many elements", async () => {
  let pulls = 0;
  const make = () =>
    new ReadableStream({
      type: "bytes",
      pull(controller) {
        pulls++;
        controller.byobRequest.view[0] = pulls;
        controller.byobRequest.respond(1);
      },
    });
  const reader = make().getReader({ mode: "byob" });
  assertEquals((await reader.read(new Uint8Array(10), { min: 3 })).value, bytesOf(1, 2, 3));
  pulls = 0;
  assertEquals((await make().getReader({ mode: "byob" }).readAtLeast(4, new Uint8Array(10))).value, bytesOf(1, 2, 3, 4));
  await assertRejects(reader.read(new Uint8Array(2), { min: 3 }), RangeError);
  await assertRejects(reader.read(new Uint8Array(2), { min: 0 }), TypeError);
  await assertRejects(reader.readAtLeast(5, new Uint8Array(2)), RangeError);
});

test("views of other kinds come back as the same kind", async () => {
  const stream = new ReadableStream({
    type: "bytes",
    start(controller) {
      controller.enqueue(bytesOf(1, 0, 2, 0, 3));
    },
  });
  const reader = stream.getReader({ mode: "byob" });
  const { value } = await reader.read(new Uint16Array(2));
  assertEquals(value, new Uint16Array([1, 2]));
  const last = await reader.read(new DataView(new ArrayBuffer(1)));
  assertEquals([last.value instanceof DataView, last.value.getUint8(0)], [true, 3]);
});

test("closing in the middle of an element is an error", async () => {
  let controller;
  const stream = new ReadableStream({ type: "bytes", start: (given) => void (controller = given) });
  const read = stream.getReader({ mode: "byob" }).read(new Uint16Array(1));
  controller.enqueue(bytesOf(1));
  assertThrows(() => controller.close(), TypeError, "This ReadableStream was closed with a partial read pending.");
  await assertRejects(read, TypeError);
});

test("bad views are refused", async () => {
  const reader = new ReadableStream({ type: "bytes" }).getReader({ mode: "byob" });
  await assertRejects(reader.read(), TypeError);
  await assertRejects(reader.read({}), TypeError);
  await assertRejects(reader.read(new Uint8Array(0)), TypeError);
  const detached = new Uint8Array(2);
  detached.buffer.transfer();
  await assertRejects(reader.read(detached), TypeError);
  reader.releaseLock();
  await assertRejects(reader.read(new Uint8Array(2)), TypeError, "This ReadableStream reader has been released.");
});

test("controllers of byte streams check what they are given", async () => {
  let controller;
  new ReadableStream({ type: "bytes", start: (given) => void (controller = given) });
  assertThrows(() => controller.enqueue("text"), TypeError);
  assertThrows(() => controller.enqueue(new Uint8Array(0)), TypeError, "Cannot enqueue a zero-length ArrayBuffer.");
  assertEquals([controller.byobRequest, controller.desiredSize], [null, 0]);
  controller.close();
  assertThrows(() => controller.enqueue(bytesOf(1)), TypeError, "This ReadableByteStreamController is closed.");
  assertThrows(() => controller.close(), TypeError);
  assertThrows(() => new ReadableByteStreamController(), TypeError, "Illegal constructor");
  assertThrows(() => new ReadableStreamBYOBRequest(), TypeError, "Illegal constructor");
});

test("a byobRequest answers once", async () => {
  let request;
  const stream = new ReadableStream({
    type: "bytes",
    pull(controller) {
      request = controller.byobRequest;
      assertThrows(() => request.respond(0), TypeError, "The bytesWritten must be more than zero");
      assertThrows(() => request.respond(5), RangeError);
      assertThrows(() => request.respondWithNewView(new Uint8Array(4)), RangeError);
      request.respondWithNewView(request.view.subarray(0, 1));
    },
  });
  await stream.getReader({ mode: "byob" }).read(new Uint8Array(3));
  assertEquals(request.view, null);
  assertThrows(() => request.respond(1), TypeError, "This ReadableStreamBYOBRequest has been invalidated.");
});

test("autoAllocateChunkSize, and 4096 bytes without it, serve default readers", async () => {
  for (const [size, expected] of [
    [100, 100],
    [undefined, 4096],
  ]) {
    const stream = new ReadableStream({
      type: "bytes",
      autoAllocateChunkSize: size,
      pull(controller) {
        const { view } = controller.byobRequest;
        assertEquals(view.byteLength, expected);
        view[0] = 9;
        controller.byobRequest.respond(1);
      },
    });
    assertEquals((await stream.getReader().read()).value, bytesOf(9));
  }
});

test("a source may enqueue although a byobRequest was offered", async () => {
  const stream = new ReadableStream({
    type: "bytes",
    pull(controller) {
      assert(controller.byobRequest !== null);
      controller.enqueue(bytesOf(5, 6));
    },
  });
  assertEquals((await stream.getReader().read()).value, bytesOf(5, 6));
});

test("bytes that were filled for a released reader are not lost", async () => {
  let controller;
  const stream = new ReadableStream({ type: "bytes", start: (given) => void (controller = given) });
  const first = stream.getReader({ mode: "byob" });
  const read = first.read(new Uint8Array(3));
  const { byobRequest } = controller;
  byobRequest.view[0] = 4;
  first.releaseLock();
  await assertRejects(read, TypeError);
  const next = stream.getReader({ mode: "byob" }).read(new Uint8Array(3));
  byobRequest.respond(1);
  assertEquals((await next).value, bytesOf(4));
});

test("many small chunks fill one big view", async () => {
  const stream = new ReadableStream({
    type: "bytes",
    start(controller) {
      for (let i = 0; i < 1000; i++) controller.enqueue(bytesOf(i & 255));
      controller.close();
    },
  });
  const { value } = await stream.getReader({ mode: "byob" }).read(new Uint8Array(2000), { min: 1000 });
  assertEquals(value.length, 1000);
  assertEquals(value.every((byte, i) => byte === (i & 255)), true);
});
