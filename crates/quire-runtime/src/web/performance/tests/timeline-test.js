// compatibility: 2026-06-01 nodejs_compat
const names = (entries) => entries.map((entry) => entry.name);

test("marks", () => {
  const mark = performance.mark("a", { startTime: 5, detail: { x: 1 } });
  assert(mark instanceof PerformanceMark && mark instanceof PerformanceEntry);
  assertEquals(JSON.parse(JSON.stringify(mark)), { name: "a", entryType: "mark", startTime: 5, duration: 0, detail: { x: 1 } });
  assertEquals(performance.mark("b").detail, null);
  assertThrows(() => performance.mark(), TypeError);
  assertThrows(() => performance.mark("x", { startTime: -1 }), TypeError);
  assertThrows(() => performance.mark.call({}, "x"), TypeError, "Illegal invocation");
  assertThrows(() => new PerformanceEntry(), TypeError, "Illegal constructor");
});

test("measures", () => {
  performance.mark("m1", { startTime: 10 });
  performance.mark("m2", { startTime: 25 });
  const between = performance.measure("m", "m1", "m2");
  assertEquals([between.startTime, between.duration, between.entryType], [10, 15, "measure"]);
  const given = performance.measure("g", { start: 3, duration: 8, detail: 1 });
  assertEquals([given.startTime, given.duration, given.detail], [3, 8, 1]);
  const backwards = performance.measure("w", { end: "m2", duration: 5 });
  assertEquals([backwards.startTime, backwards.duration], [20, 5]);
  assertEquals(performance.measure("all").startTime, 0);
  assertEquals(assertThrows(() => performance.measure("x", "absent"), DOMException).name, "SyntaxError");
  assertThrows(() => performance.measure("x", { start: 1, end: 2, duration: 1 }), TypeError);
});

test("the timeline", () => {
  performance.clearMarks();
  performance.clearMeasures();
  assertEquals(performance.getEntries(), []);
  performance.mark("late", { startTime: 9 });
  performance.mark("early", { startTime: 1 });
  performance.measure("span", "early", "late");
  assertEquals(names(performance.getEntries()), ["early", "span", "late"]);
  assertEquals(names(performance.getEntriesByType("mark")), ["early", "late"]);
  assertEquals([performance.getEntriesByName("late").length, performance.getEntriesByName("late", "measure").length], [1, 0]);
  performance.clearMarks("early");
  performance.clearMeasures();
  assertEquals(names(performance.getEntries()), ["late"]);
});

test("observers", async () => {
  const seen = [];
  const observer = new PerformanceObserver((list, self) => seen.push(names(list.getEntries()), self === observer));
  observer.observe({ entryTypes: ["mark"] });
  performance.mark("o1");
  performance.measure("o2");
  performance.mark("o3");
  await scheduler.wait(1);
  assertEquals(seen, [["o1", "o3"], true]);
  performance.mark("o4");
  assertEquals(names(observer.takeRecords()), ["o4"]);
  observer.disconnect();
  performance.mark("o5");
  await scheduler.wait(1);
  assertEquals(seen.length, 2);
});

test("what Node adds", () => {
  assertEquals(JSON.stringify(performance), '{"timeOrigin":0}');
  assertEquals(performance.eventLoopUtilization(), { idle: 0, active: 0, utilization: 0 });
  assertEquals([performance.timerify(() => 3)(), performance.nodeTiming.name], [3, "node"]);
});
