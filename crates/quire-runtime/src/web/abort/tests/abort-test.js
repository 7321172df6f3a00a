test("a controller aborts its signal once", () => {
  const controller = new AbortController();
  const { signal } = controller;
  const seen = [];
  signal.onabort = (event) => seen.push("onabort", event.isTrusted);
  signal.addEventListener("abort", function () { seen.push(this === signal); });
  assertEquals([signal.aborted, signal.reason], [false, undefined]);
  signal.throwIfAborted();
  controller.abort();
  controller.abort("too late");
  assertEquals(seen, ["onabort", true, true]);
  assertEquals([signal.reason.name, signal.reason.message, signal.reason.code], ["AbortError", "The operation was aborted", 20]);
  assertEquals(assertThrows(() => signal.throwIfAborted(), DOMException) === signal.reason, true);
});

test("any reason will do", () => {
  assertEquals([AbortSignal.abort(0).reason, AbortSignal.abort(null).reason], [0, null]);
  const controller = new AbortController();
  controller.abort("why");
  assertEquals(controller.signal.reason, "why");
});

test("timeout() aborts later", async () => {
  const signal = AbortSignal.timeout(2);
  assertEquals(signal.aborted, false);
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  assertEquals([signal.reason.name, signal.reason.code], ["TimeoutError", 23]);
  assertThrows(() => AbortSignal.timeout(-1), TypeError);
  assertThrows(() => AbortSignal.timeout(), TypeError);
});

test("any() follows the first of its sources", () => {
  const [one, two] = [new AbortController(), new AbortController()];
  const unwatched = AbortSignal.any([one.signal, two.signal]);
  const watched = AbortSignal.any([unwatched]);
  const order = [];
  one.signal.addEventListener("abort", () => order.push("source"));
  watched.addEventListener("abort", () => order.push(watched.reason));
  two.abort("two");
  one.abort("one");
  assertEquals([unwatched.aborted, unwatched.reason, order], [true, "two", ["two", "source"]]);
  assertEquals(AbortSignal.any([AbortSignal.abort(1), AbortSignal.abort(2)]).reason, 1);
  assertEquals(AbortSignal.any([]).aborted, false);
  assertThrows(() => AbortSignal.any([{}]), TypeError);
  assertThrows(() => AbortSignal.any(), TypeError);
});

test("a dependent signal is aborted before any listener runs", () => {
  const controller = new AbortController();
  const dependent = AbortSignal.any([controller.signal]);
  dependent.onabort = () => {};
  let seen;
  controller.signal.onabort = () => (seen = dependent.aborted);
  controller.abort();
  assertEquals(seen, true);
});

test("signals of one source get their events in the order they were made in", () => {
  const controller = new AbortController();
  const [first, second] = [AbortSignal.any([controller.signal]), AbortSignal.any([controller.signal])];
  const order = [];
  second.addEventListener("abort", () => order.push("second"));
  first.addEventListener("abort", () => order.push("first"));
  controller.signal.addEventListener("abort", () => order.push("source"));
  controller.abort();
  assertEquals(order, ["source", "first", "second"]);
});

test("an abort during an abort changes nothing for those already aborted", () => {
  const [one, two] = [new AbortController(), new AbortController()];
  const signal = AbortSignal.any([one.signal, two.signal]);
  let count = 0;
  one.signal.addEventListener("abort", () => two.abort("two"));
  signal.addEventListener("abort", () => count++);
  one.abort("one");
  assertEquals([count, signal.reason, two.signal.reason], [1, "one", "two"]);
});

test("a removed listener is not called, and a late one neither", () => {
  const controller = new AbortController();
  const dependent = AbortSignal.any([controller.signal]);
  let count = 0;
  const listener = () => count++;
  dependent.addEventListener("abort", listener);
  dependent.removeEventListener("abort", listener);
  controller.abort();
  dependent.addEventListener("abort", listener);
  assertEquals([count, dependent.aborted], [0, true]);
});

test("signals are made by their makers only", () => {
  assertThrows(() => new AbortSignal(), TypeError, "Illegal constructor");
  assertThrows(() => AbortSignal.prototype.aborted, TypeError, "Illegal invocation");
  assertThrows(() => AbortController.prototype.abort.call({}), TypeError, "Illegal invocation");
});
