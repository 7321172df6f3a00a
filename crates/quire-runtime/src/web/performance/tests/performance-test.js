// compatibility: 2026-06-01
test("the clock is that of Date", () => {
  const before = Date.now();
  const now = performance.now();
  assert(now >= before && now <= Date.now());
  assertEquals([performance.timeOrigin, String(performance)], [0, "[object Performance]"]);
  assertThrows(() => performance.now.call({}), TypeError, "Illegal invocation");
});

test("there is no timeline without nodejs_compat", () => {
  assertEquals([typeof performance.mark, typeof Performance, typeof PerformanceEntry, performance instanceof EventTarget], ["undefined", "undefined", "undefined", true]);
});
