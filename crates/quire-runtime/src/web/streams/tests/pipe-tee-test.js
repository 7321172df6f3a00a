const sink = (chunks, more = {}) => new WritableStream({ write: (chunk) => void chunks.push(chunk), ...more });

test("pipeTo moves everything and closes the destination", async () => {
  const chunks = [];
  let closed = false;
  const source = ReadableStream.from([1, 2, 3]);
  const dest = sink(chunks, { close: () => void (closed = true) });
  const piped = source.pipeTo(dest);
  assertEquals([source.locked, dest.locked], [true, true]);
  await piped;
  assertEquals([chunks, closed, source.locked, dest.locked], [[1, 2, 3], true, false, false]);
});

test("preventClose leaves the destination open", async () => {
  const chunks = [];
  const dest = sink(chunks);
  await ReadableStream.from([1]).pipeTo(dest, { preventClose: true });
  await ReadableStream.from([2]).pipeTo(dest);
  assertEquals(chunks, [1, 2]);
});

test("an error of the source aborts the destination, unless prevented", async () => {
  let aborted;
  const failing = () => new ReadableStream({ start: (controller) => controller.error(new RangeError("source")) });
  await assertRejects(failing().pipeTo(sink([], { abort: (reason) => void (aborted = reason) })), RangeError, "source");
  assertEquals(aborted.message, "source");
  const dest = sink([]);
  await assertRejects(failing().pipeTo(dest, { preventAbort: true }), RangeError, "source");
  await dest.close();
});

test("an error of the destination cancels the source, unless prevented", async () => {
  let cancelled;
  const make = () =>
    new ReadableStream({ pull: (controller) => controller.enqueue(1), cancel: (reason) => void (cancelled = reason) });
  const failing = () =>
    new WritableStream({
      write() {
        throw new RangeError("dest");
      },
    });
  await assertRejects(make().pipeTo(failing()), RangeError, "dest");
  assertEquals(cancelled.message, "dest");
  cancelled = undefined;
  await assertRejects(make().pipeTo(failing(), { preventCancel: true }), RangeError, "dest");
  assertEquals(cancelled, undefined);
});

test("a signal stops a pipe", async () => {
  const controller = new AbortController();
  const reasons = [];
  const source = new ReadableStream({ cancel: (reason) => void reasons.push(reason) });
  const dest = sink([], { abort: (reason) => void reasons.push(reason) });
  const piped = source.pipeTo(dest, { signal: controller.signal });
  controller.abort(new RangeError("stop"));
  await assertRejects(piped, RangeError, "stop");
  assertEquals(reasons.map((reason) => reason.message), ["stop", "stop"]);
  const aborted = AbortSignal.abort(new RangeError("before"));
  await assertRejects(new ReadableStream().pipeTo(new WritableStream(), { signal: aborted }), RangeError, "before");
  await assertRejects(new ReadableStream().pipeTo(new WritableStream(), { signal: {} }), TypeError);
});

test("pipes respect backpressure", async () => {
  let pulls = 0;
  const source = new ReadableStream({ pull: (controller) => controller.enqueue(++pulls) }, { highWaterMark: 0 });
  source.pipeTo(new WritableStream({ write: () => new Promise(() => {}) }, { highWaterMark: 3 }));
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(pulls, 3);
});

test("locked streams and wrong arguments are refused", async () => {
  const locked = new ReadableStream();
  locked.getReader();
  await assertRejects(locked.pipeTo(new WritableStream()), TypeError, "This ReadableStream is currently locked to a reader.");
  assertThrows(() => locked.pipeThrough(new TransformStream()), TypeError);
  const dest = new WritableStream();
  dest.getWriter();
  await assertRejects(new ReadableStream().pipeTo(dest), TypeError, "This WritableStream is currently locked to a writer.");
  await assertRejects(new ReadableStream().pipeTo({}), TypeError);
  assertThrows(() => new ReadableStream().pipeThrough({}), TypeError);
  const closed = new WritableStream();
  await closed.close();
  await assertRejects(new ReadableStream().pipeTo(closed), TypeError, "This destination writable stream is closed.");
});

test("pipeThrough chains", async () => {
  const double = new TransformStream({ transform: (chunk, controller) => controller.enqueue(chunk * 2) });
  const chunks = [];
  const through = ReadableStream.from([1, 2]).pipeThrough(double);
  assertEquals(through, double.readable);
  await through.pipeTo(sink(chunks));
  assertEquals(chunks, [2, 4]);
});

test("tee gives every chunk to both branches", async () => {
  const chunk = { shared: true };
  const [one, two] = ReadableStream.from([chunk]).tee();
  assertEquals((await one.getReader().read()).value === chunk, true);
  assertEquals((await two.getReader().read()).value === chunk, true);
});

test("tee passes errors and cancels when both branches do", async () => {
  const [one, two] = new ReadableStream({ start: (controller) => controller.error(new RangeError("both")) }).tee();
  await assertRejects(one.getReader().read(), RangeError, "both");
  await assertRejects(two.getReader().read(), RangeError, "both");
  let reasons;
  const [left, right] = new ReadableStream({ cancel: (given) => void (reasons = given) }).tee();
  const second = right.cancel("r");
  assertEquals(reasons, undefined);
  await left.cancel("l");
  await second;
  assertEquals(reasons, ["l", "r"]);
});

test("tee of a byte stream copies, and both branches read as they like", async () => {
  const stream = new ReadableStream({
    type: "bytes",
    start(controller) {
      controller.enqueue(new Uint8Array([1, 2, 3]));
      controller.close();
    },
  });
  const [one, two] = stream.tee();
  const first = (await one.getReader().read()).value;
  first[0] = 9;
  const { value } = await two.getReader({ mode: "byob" }).read(new Uint8Array(3));
  assertEquals([first, value], [new Uint8Array([9, 2, 3]), new Uint8Array([1, 2, 3])]);
});

test("a byte tee can be read into memory from both sides", async () => {
  let pulls = 0;
  const stream = new ReadableStream({
    type: "bytes",
    pull(controller) {
      pulls++;
      controller.byobRequest.view[0] = pulls;
      controller.byobRequest.respond(1);
    },
  });
  const [one, two] = stream.tee();
  const first = one.getReader({ mode: "byob" });
  const second = two.getReader({ mode: "byob" });
  assertEquals((await first.read(new Uint8Array(1))).value, new Uint8Array([1]));
  assertEquals((await second.read(new Uint8Array(1))).value, new Uint8Array([1]));
  assertEquals((await second.read(new Uint8Array(1))).value, new Uint8Array([2]));
});
