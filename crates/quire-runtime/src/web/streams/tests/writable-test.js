test("chunks reach the sink in order, then it is closed", async () => {
  const seen = [];
  const stream = new WritableStream({
    start: () => void seen.push("start"),
    write: async (chunk) => void seen.push(chunk),
    close: () => void seen.push("close"),
  });
  const writer = stream.getWriter();
  writer.write("a");
  writer.write("b");
  await writer.close();
  assertEquals(seen, ["start", "a", "b", "close"]);
  assertEquals(await writer.closed, undefined);
  await assertRejects(writer.write("late"), TypeError, "This WritableStream has been closed.");
  await assertRejects(writer.close(), TypeError);
});

test("desiredSize and ready follow the queue", async () => {
  let finish;
  const stream = new WritableStream({ write: () => new Promise((resolve) => void (finish = resolve)) }, { highWaterMark: 2 });
  const writer = stream.getWriter();
  await writer.ready;
  assertEquals(writer.desiredSize, 2);
  const first = writer.write(1);
  const second = writer.write(2);
  assertEquals(writer.desiredSize, 0);
  let ready = false;
  const waiting = writer.ready.then(() => void (ready = true));
  await Promise.resolve();
  assertEquals(ready, false);
  finish();
  await first;
  await waiting;
  assertEquals(writer.desiredSize, 1);
  finish();
  await second;
});

test("an error of the sink errors the stream", async () => {
  const stream = new WritableStream({
    write() {
      throw new RangeError("full");
    },
  });
  const writer = stream.getWriter();
  await assertRejects(writer.write(1), RangeError, "full");
  await assertRejects(writer.closed, RangeError, "full");
  await assertRejects(writer.ready, RangeError, "full");
  await assertRejects(writer.write(2), RangeError, "full");
  assertEquals(writer.desiredSize, null);
});

test("abort tells the sink and the signal why", async () => {
  let reason;
  let signal;
  const stream = new WritableStream({
    start: (controller) => void ({ signal } = controller),
    abort: (given) => void (reason = given),
  });
  assertEquals(signal.aborted, false);
  await stream.abort("stop");
  assertEquals([reason, signal.aborted, signal.reason], ["stop", true, "stop"]);
  await assertRejects(stream.getWriter().closed.catch((thrown) => Promise.reject(new Error(thrown))), Error, "stop");
});

test("a signal that is asked for after the abort is aborted", async () => {
  let controller;
  const stream = new WritableStream({ start: (given) => void (controller = given) });
  stream.abort("late");
  assertEquals([controller.signal.aborted, controller.signal.reason], [true, "late"]);
});

test("the controller can error the stream", async () => {
  let controller;
  const stream = new WritableStream({ start: (given) => void (controller = given) });
  const writer = stream.getWriter();
  controller.error(new TypeError("broken"));
  await assertRejects(writer.write(1), TypeError, "broken");
});

test("locking", async () => {
  const stream = new WritableStream();
  const writer = stream.getWriter();
  assertEquals(stream.locked, true);
  assertThrows(() => stream.getWriter(), TypeError, "This WritableStream is currently locked to a writer.");
  await assertRejects(stream.close(), TypeError, "This WritableStream is currently locked to a writer.");
  await assertRejects(stream.abort(), TypeError, "This WritableStream is currently locked to a writer.");
  writer.releaseLock();
  assertEquals(stream.locked, false);
  assertThrows(() => writer.desiredSize, TypeError, "This WritableStream writer has been released.");
  await assertRejects(writer.write(1), TypeError, "This WritableStream writer has been released.");
  await assertRejects(writer.ready, TypeError);
  await assertRejects(writer.closed, TypeError);
  writer.releaseLock();
  await stream.close();
  await assertRejects(stream.close(), TypeError);
});

test("a write of a strange size is refused and errors the stream", async () => {
  const stream = new WritableStream({}, { size: () => Infinity });
  const writer = stream.getWriter();
  await assertRejects(writer.write("x"), RangeError);
  await assertRejects(writer.closed, RangeError);
});

test("the constructors check their arguments", () => {
  assertThrows(() => new WritableStream({ type: "bytes" }), RangeError, "Invalid underlying sink type.");
  assertThrows(() => new WritableStream({ write: 1 }), TypeError, "The write member");
  assertThrows(() => new WritableStream(1), TypeError);
  assertThrows(() => new WritableStream({}, { highWaterMark: NaN }), RangeError);
  assertThrows(() => new WritableStreamDefaultController(), TypeError, "Illegal constructor");
  assertThrows(() => new WritableStreamDefaultWriter({}), TypeError);
  assertThrows(
    () =>
      new WritableStream({
        start() {
          throw new RangeError("no");
        },
      }),
    RangeError,
    "no",
  );
});

test("members refuse other receivers", async () => {
  await assertRejects(WritableStream.prototype.abort.call({}), TypeError, "Illegal invocation");
  await assertRejects(WritableStreamDefaultWriter.prototype.write.call({}), TypeError, "Illegal invocation");
  assertThrows(() => WritableStream.prototype.getWriter.call({}), TypeError, "Illegal invocation");
  assertThrows(() => WritableStreamDefaultController.prototype.error.call({}), TypeError, "Illegal invocation");
});
