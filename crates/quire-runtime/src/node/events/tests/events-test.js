const EventEmitter = requireNode("events");
const { once, on, errorMonitor, captureRejectionSymbol, getEventListeners } = EventEmitter;

test("listeners run in the order they came, with `this` and all arguments", () => {
  const emitter = new EventEmitter();
  const calls = [];
  emitter.on("a", function (...args) { calls.push(["on", this === emitter, ...args]); });
  emitter.prependListener("a", () => calls.push("first"));
  emitter.once("a", (x) => calls.push(["once", x]));
  assertEquals(emitter.emit("a", 1, 2), true);
  assertEquals(emitter.emit("a", 3), true);
  assertEquals(emitter.emit("b"), false);
  assertEquals(calls, ["first", ["on", true, 1, 2], ["once", 1], "first", ["on", true, 3]]);
});

test("it can be called on any object, as util.inherits does", () => {
  function Old() { EventEmitter.call(this); }
  Object.setPrototypeOf(Old.prototype, EventEmitter.prototype);
  const old = new Old();
  let heard = 0;
  old.on("x", () => heard++);
  old.emit("x");
  assertEquals(heard, 1);
  const mixed = Object.assign({}, EventEmitter.prototype);
  mixed.on("y", () => heard++);
  mixed.emit("y");
  assertEquals(heard, 2);
});

test("changes while an event is emitted show at the next", () => {
  const emitter = new EventEmitter();
  const calls = [];
  const second = () => calls.push("second");
  emitter.on("a", () => { calls.push("first"); emitter.off("a", second); emitter.on("a", () => calls.push("third")); });
  emitter.on("a", second);
  emitter.emit("a");
  assertEquals(calls, ["first", "second"]);
});

test("newListener and removeListener are told of the listener itself", () => {
  const emitter = new EventEmitter();
  const told = [];
  const listener = () => {};
  emitter.on("newListener", (event, added) => told.push(["new", event, added === listener]));
  emitter.on("removeListener", (event, removed) => told.push(["removed", event, removed === listener]));
  emitter.once("x", listener);
  assertEquals(emitter.listeners("x")[0] === listener, true);
  assertEquals(emitter.rawListeners("x")[0].listener === listener, true);
  emitter.emit("x");
  assertEquals(told, [["new", "removeListener", false], ["new", "x", true], ["removed", "x", true]]);
  emitter.on("y", listener).on("z", listener);
  emitter.removeAllListeners();
  assertEquals(told.slice(-3), [["removed", "newListener", false], ["removed", "y", true], ["removed", "z", true]].slice(-3));
  assertEquals(emitter.eventNames(), []);
});

test("an error that nobody listens for is thrown", () => {
  const emitter = new EventEmitter();
  const monitored = [];
  emitter.on(errorMonitor, (error) => monitored.push(error));
  assertThrows(() => emitter.emit("error", new RangeError("mine")), RangeError, "mine");
  const unhandled = assertThrows(() => emitter.emit("error", { a: 1 }), Error, "Unhandled error. ({ a: 1 })");
  assertEquals([unhandled.code, unhandled.context], ["ERR_UNHANDLED_ERROR", { a: 1 }]);
  assertEquals(monitored.length, 2);
});

test("counts, names, limits", () => {
  const emitter = new EventEmitter();
  const f = () => {};
  const symbol = Symbol("s");
  emitter.on("a", f).on("a", () => {}).once("a", f).on(symbol, f);
  assertEquals([emitter.listenerCount("a"), emitter.listenerCount("a", f), EventEmitter.listenerCount(emitter, "a")], [3, 2, 3]);
  assertEquals(emitter.eventNames(), ["a", symbol]);
  assertEquals(EventEmitter.defaultMaxListeners, 10);
  assertEquals(emitter.setMaxListeners(3).getMaxListeners(), 3);
  assertThrows(() => emitter.setMaxListeners(-1), RangeError, 'The value of "setMaxListeners" is out of range. It must be >= 0. Received -1');
  assertThrows(() => emitter.on("a", 1), TypeError, 'The "listener" argument must be of type function. Received type number (1)');
  const target = new EventTarget();
  target.addEventListener("x", f);
  assertEquals(getEventListeners(target, "x")[0] === f, true);
  EventEmitter.setMaxListeners(5, target);
  assertEquals(EventEmitter.getMaxListeners(target), 5);
});

test("once() as a promise", async () => {
  const emitter = new EventEmitter();
  setTimeout(() => emitter.emit("x", 1, 2), 1);
  assertEquals(await once(emitter, "x"), [1, 2]);
  const failing = once(emitter, "x");
  emitter.emit("error", new Error("no"));
  await assertRejects(failing, Error, "no");
  assertEquals(emitter.eventNames(), []);
  const controller = new AbortController();
  const aborted = once(emitter, "x", { signal: controller.signal });
  controller.abort("reason");
  const error = await assertRejects(aborted, Error, "The operation was aborted");
  assertEquals([error.name, error.code, error.cause], ["AbortError", "ABORT_ERR", "reason"]);
  const target = new EventTarget();
  const event = once(target, "y");
  target.dispatchEvent(new Event("y"));
  assertEquals((await event)[0].type, "y");
});

test("on() as an iterator: order, errors, the end", async () => {
  const emitter = new EventEmitter();
  const iterator = on(emitter, "x", { close: ["end"] });
  emitter.emit("x", 1);
  emitter.emit("x", 2);
  queueMicrotask(() => { emitter.emit("x", 3); emitter.emit("end"); });
  const values = [];
  for await (const [value] of iterator) values.push(value);
  assertEquals(values, [1, 2, 3]);
  assertEquals(emitter.eventNames(), []);
  const failing = on(emitter, "x");
  emitter.emit("x", 1);
  emitter.emit("error", new Error("broken"));
  assertEquals((await failing.next()).value, [1]);
  await assertRejects(failing.next(), Error, "broken");
  assertEquals(await failing.next(), { value: undefined, done: true });
  const controller = new AbortController();
  const stopped = on(emitter, "x", { signal: controller.signal });
  const next = stopped.next();
  controller.abort();
  await assertRejects(next, Error, "The operation was aborted");
});

test("captured rejections", async () => {
  const emitter = new EventEmitter({ captureRejections: true });
  emitter.on("x", async () => { throw new Error("late"); });
  const heard = once(emitter, "never").catch((error) => error.message);
  emitter.emit("x");
  assertEquals(await heard, "late");
  const own = new EventEmitter({ captureRejections: true });
  own.on("x", async () => { throw 5; });
  const told = new Promise((resolve) => { own[captureRejectionSymbol] = (...args) => resolve(args); });
  own.emit("x", "argument");
  assertEquals(await told, [5, "x", "argument"]);
});
