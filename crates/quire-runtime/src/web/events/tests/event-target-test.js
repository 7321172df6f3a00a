test("an event carries its init and its constants", () => {
  const event = new Event("ping", { cancelable: true, composed: 1 });
  assertEquals([event.type, event.bubbles, event.cancelable, event.composed], ["ping", false, true, true]);
  assertEquals([event.isTrusted, event.timeStamp, event.eventPhase, event.target], [false, 0, Event.NONE, null]);
  assertEquals(event.composedPath(), []);
  assertThrows(() => new Event(), TypeError);
  assertThrows(() => new Event("x", 5), TypeError);
  assertThrows(() => Event.prototype.type, TypeError, "Illegal invocation");
});

test("listeners run in order, once each, with the target as this", () => {
  const target = new EventTarget();
  const seen = [];
  const twice = () => seen.push("twice");
  target.addEventListener("ping", twice);
  target.addEventListener("ping", twice);
  target.addEventListener("ping", { handleEvent(event) { seen.push(event.currentTarget === target && this !== target); } });
  target.addEventListener("ping", function (event) { seen.push(this === target, event.composedPath()[0] === target); }, { once: true });
  target.addEventListener("ping", null);
  assertEquals(target.dispatchEvent(new Event("ping")), true);
  assertEquals(target.dispatchEvent(new Event("ping")), true);
  assertEquals(seen, ["twice", true, true, true, "twice", true]);
});

test("on<type> runs before listeners, on any target", () => {
  const target = new EventTarget();
  const seen = [];
  target.addEventListener("ping", () => seen.push("listener"));
  target.onping = function () { seen.push(this === target); };
  target.dispatchEvent(new Event("ping"));
  assertEquals(seen, [true, "listener"]);
});

test("what a listener throws leaves dispatchEvent and stops the others", () => {
  const target = new EventTarget();
  let reached = false;
  target.addEventListener("ping", () => { throw new RangeError("mine"); });
  target.addEventListener("ping", () => (reached = true));
  assertThrows(() => target.dispatchEvent(new Event("ping")), RangeError, "mine");
  assertEquals(reached, false);
});

test("propagation, cancellation and passive listeners", () => {
  const target = new EventTarget();
  const seen = [];
  target.addEventListener("ping", (event) => event.preventDefault(), { passive: true });
  const event = new Event("ping", { cancelable: true });
  assertEquals([target.dispatchEvent(event), event.defaultPrevented], [true, false]);
  target.addEventListener("ping", (event) => { event.preventDefault(); event.stopImmediatePropagation(); });
  target.addEventListener("ping", () => seen.push("late"));
  assertEquals([target.dispatchEvent(event), event.returnValue, seen.length], [false, false, 0]);
});

test("listeners may come and go during a dispatch", () => {
  const target = new EventTarget();
  const seen = [];
  const second = () => seen.push("second");
  target.addEventListener("ping", () => {
    target.removeEventListener("ping", second);
    target.addEventListener("ping", () => seen.push("added"));
  }, { once: true });
  target.addEventListener("ping", second);
  target.dispatchEvent(new Event("ping"));
  assertEquals(seen, []);
  target.dispatchEvent(new Event("ping"));
  assertEquals(seen, ["added"]);
});

test("an event cannot be dispatched while it is", () => {
  const target = new EventTarget();
  target.addEventListener("ping", (event) => target.dispatchEvent(event));
  const error = assertThrows(() => target.dispatchEvent(new Event("ping")), DOMException);
  assertEquals(error.name, "InvalidStateError");
});

test("a signal takes its listeners away", () => {
  const target = new EventTarget();
  const controller = new AbortController();
  let count = 0;
  target.addEventListener("ping", () => count++, { signal: controller.signal });
  target.addEventListener("ping", () => count++, { signal: AbortSignal.abort() });
  target.dispatchEvent(new Event("ping"));
  controller.abort();
  target.dispatchEvent(new Event("ping"));
  assertEquals(count, 1);
});

test("wrong arguments and receivers are refused", () => {
  const target = new EventTarget();
  assertThrows(() => target.addEventListener("ping", () => {}, { capture: true }), TypeError, "addEventListener(): options.capture must be false.");
  assertThrows(() => target.addEventListener("ping", () => {}, true), TypeError);
  assertThrows(() => target.addEventListener("ping", 5), TypeError);
  assertThrows(() => target.addEventListener("ping"), TypeError);
  assertThrows(() => target.addEventListener("ping", () => {}, { signal: null }), TypeError);
  assertThrows(() => target.dispatchEvent({}), TypeError);
  assertThrows(() => EventTarget.prototype.addEventListener.call({}, "ping", () => {}), TypeError, "Illegal invocation");
});

test("the global object is an event target", () => {
  let seen;
  const listener = (event) => (seen = event.target);
  addEventListener("ping", listener);
  dispatchEvent(new Event("ping"));
  removeEventListener("ping", listener);
  assertEquals(seen === globalThis, true);
  assertEquals(Object.prototype.toString.call(globalThis), "[object ServiceWorkerGlobalScope]");
});
