// compatibility: 2026-06-01
test("order, arguments and receiver", async () => {
  const seen = [];
  await new Promise((resolve) => {
    setTimeout(() => { seen.push("late"); resolve(); }, 15);
    setTimeout((...given) => seen.push(given), 0, 1, 2);
    setTimeout(function () { seen.push(this === globalThis); }, -5);
    setTimeout(() => seen.push("never"), 2 ** 31);
    setTimeout(() => seen.push("not a number"), "x");
  });
  assertEquals(seen, [[1, 2], true, "not a number", "late"]);
});

test("what is refused", () => {
  for (const run of [() => setTimeout("code"), () => setTimeout(), () => setInterval({}), () => queueMicrotask(1), () => setTimeout(() => {}, 1n), () => setTimeout(() => {}, Symbol())]) {
    assertThrows(run, TypeError);
  }
  assertEquals([clearTimeout(), clearTimeout(null), clearTimeout(12345), clearInterval(NaN)], [undefined, undefined, undefined, undefined]);
});

test("clearing, from inside too", async () => {
  const seen = [];
  const cleared = setTimeout(() => seen.push("cleared"), 1);
  assertEquals(typeof cleared, "number");
  clearInterval(cleared);
  const interval = setInterval(() => {
    if (seen.push("tick") === 3) clearTimeout(interval);
  }, 1);
  await scheduler.wait(20);
  assertEquals(seen, ["tick", "tick", "tick"]);
});

test("no more than ten thousand timers at once", () => {
  const ids = [];
  const error = assertThrows(() => {
    for (let i = 0; i < 10_001; i++) ids.push(setTimeout(() => {}, 60_000));
  }, DOMException);
  for (const id of ids) clearTimeout(id);
  assertEquals([error.name, ids.length > 9_900], ["QuotaExceededError", true]);
});
