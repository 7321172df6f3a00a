const bytes = (text) => new TextEncoder().encode(text);
const streamOf = (...chunks) =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(typeof chunk === "string" ? bytes(chunk) : chunk);
      controller.close();
    },
  });

// The events of a stream: [type, data, lastEventId].
function collect(source, ...types) {
  const seen = [];
  for (const type of ["message", ...types]) source.addEventListener(type, (event) => seen.push([event.type, event.data, event.lastEventId]));
  return new Promise((resolve) => {
    source.onerror = () => resolve(seen);
  });
}

test("the format", async () => {
  const source = EventSource.from(
    streamOf("\ufeffdata: a\n\nevent: foo\ndata: b\ndata:c\nid: 7\n\n:comment\ndata\n\ndata:  two spaces\nunknown: x\n\nid\ndata: last\n\ndata: unfinished\n"),
  );
  assertEquals([source.readyState, source.url, source.withCredentials], [1, "", false]);
  assertEquals(await collect(source, "foo"), [["message", "a", ""], ["foo", "b\nc", "7"], ["message", " two spaces", "7"], ["message", "last", ""]]);
  assertEquals(source.readyState, EventSource.CLOSED);
});

test("line ends, and chunks that end anywhere", async () => {
  const text = "data: \u00e9\u{1f600}\r\rdata: x\r\ndata: y\r\n\r\ndata: z\n\n";
  const expected = [["message", "é😀", ""], ["message", "x\ny", ""], ["message", "z", ""]];
  assertEquals(await collect(EventSource.from(streamOf(text))), expected);
  assertEquals(await collect(EventSource.from(streamOf(...[...bytes(text)].map((byte) => Uint8Array.of(byte))))), expected);
});

test("what an event holds", async () => {
  const source = EventSource.from(streamOf("data: a\n\n"));
  const event = await new Promise((resolve) => (source.onmessage = resolve));
  assertEquals([event.constructor, event.origin, event.source, event.ports, event.isTrusted, event.target === source], [MessageEvent, null, null, [], true, true]);
  const error = await new Promise((resolve) => (source.onerror = resolve));
  assertEquals([error.constructor, error.error.message], [ErrorEvent, "The server disconnected."]);
});

test("a listener that throws ends the source", async () => {
  const source = EventSource.from(streamOf("data: a\n\ndata: b\n\n"));
  const seen = [];
  source.onmessage = (event) => {
    seen.push(event.data);
    throw new RangeError("mine");
  };
  const error = await new Promise((resolve) => (source.onerror = resolve));
  await scheduler.wait(1);
  assertEquals([seen, error.error.message, source.readyState], [["a"], "mine", 2]);
});

test("close()", async () => {
  let cancelled = false;
  const source = EventSource.from(new ReadableStream({ pull: (controller) => controller.enqueue(bytes("data: x\n\n")), cancel: () => { cancelled = true; } }));
  const seen = [];
  source.onerror = () => seen.push("error");
  await new Promise((resolve) => {
    source.onmessage = () => {
      seen.push("message");
      source.close();
      resolve();
    };
  });
  await scheduler.wait(5);
  assertEquals([seen, source.readyState, cancelled], [["message"], 2, true]);
});

test("what is refused", () => {
  assertEquals(assertThrows(() => new EventSource("no url"), DOMException).name, "SyntaxError");
  assertEquals(assertThrows(() => new EventSource("http://a", { withCredentials: true }), DOMException).name, "NotSupportedError");
  for (const run of [() => new EventSource(), () => EventSource.from(), () => EventSource.from(3), () => new EventSource("http://a", { fetcher: {} }), () => EventSource("http://a")]) {
    assertThrows(run, TypeError);
  }
  const locked = new ReadableStream();
  locked.getReader();
  assertThrows(() => EventSource.from(locked), TypeError, "This ReadableStream is locked.");
  assertThrows(() => EventSource.prototype.close.call({}), TypeError, "Illegal invocation");
  assertEquals([EventSource.CONNECTING, EventSource.OPEN, EventSource.prototype.CLOSED], [0, 1, 2]);
});
