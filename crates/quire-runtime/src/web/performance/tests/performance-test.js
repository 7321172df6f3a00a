test("the clock is that of Date", () => {
  const before = Date.now();
  const now = performance.now();
  assert(now >= before && now <= Date.now());
  assertEquals([performance.timeOrigin, String(performance)], [0, "[object Performance]"]);
  assertThrows(() => performance.now.call({}), TypeError, "Illegal invocation");
});

test("navigator, origin and self", () => {
  assertEquals(
    [navigator.userAgent, navigator.hardwareConcurrency, navigator.platform, navigator.language, navigator.languages],
    ["Cloudflare-Workers", 1, "", "en", ["en"]],
  );
  assertEquals([origin, self === globalThis, typeof navigator.sendBeacon], ["null", true, "function"]);
  const keys = Object.keys(globalThis);
  for (const name of ["navigator", "origin", "performance", "scheduler", "self"]) assert(keys.includes(name), name);
  assertThrows(() => new Navigator(), TypeError, "Illegal constructor");
});

test("scheduler.wait() waits, and gives up with its signal", async () => {
  assertEquals(await scheduler.wait(1), undefined);
  const controller = new AbortController();
  const waiting = scheduler.wait(60_000, { signal: controller.signal });
  controller.abort(new RangeError("enough"));
  await assertRejects(waiting, RangeError, "enough");
  await assertRejects(scheduler.wait(1, { signal: AbortSignal.abort() }), DOMException);
  await assertRejects(scheduler.wait(1, { signal: {} }), TypeError);
  await assertRejects(scheduler.wait(), TypeError);
});

test("reportError() fires an error event", () => {
  let seen;
  const listener = (event) => {
    seen = [event.message, event.error.message, event instanceof ErrorEvent];
    event.preventDefault();
  };
  addEventListener("error", listener);
  reportError(new TypeError("mine"));
  removeEventListener("error", listener);
  assertEquals(seen, ["Uncaught TypeError: mine", "mine", true]);
  assertThrows(() => reportError(), TypeError);
});
