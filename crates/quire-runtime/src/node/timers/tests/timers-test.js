const timers = requireNode("timers");
const promises = requireNode("timers/promises");

test("a Timeout can be refreshed, closed, and is a number", async () => {
  let fired = 0;
  const timer = timers.setTimeout((n) => { fired += n; }, 1, 2);
  assertEquals([timer.constructor.name, timer.hasRef(), timer.unref().hasRef(), +timer > 0], ["Timeout", true, false, true]);
  await promises.setTimeout(5);
  assertEquals(fired, 2);
  timer.refresh();
  await promises.setTimeout(5);
  assertEquals(fired, 4);
  timer.refresh().close();
  timers.clearTimeout(timers.setTimeout(() => { fired = 0; }, 1));
  clearTimeout(+timers.setTimeout(() => { fired = 0; }, 1));
  timers.clearImmediate(timers.setImmediate(() => { fired = 0; }));
  await promises.setTimeout(5);
  assertEquals(fired, 4);
  assertThrows(() => timers.setTimeout(5), TypeError, 'The "callback" argument must be of type function. Received type number (5)');
});

test("timers as promises", async () => {
  assertEquals([await promises.setTimeout(1, "a"), await promises.setImmediate("b"), await promises.scheduler.wait(1)], ["a", "b", undefined]);
  const values = [];
  for await (const value of promises.setInterval(1, "tick")) if (values.push(value) === 3) break;
  assertEquals(values, ["tick", "tick", "tick"]);
  const controller = new AbortController();
  const waiting = promises.setTimeout(1000, 1, { signal: controller.signal });
  controller.abort("why");
  const error = await assertRejects(waiting, Error, "The operation was aborted");
  assertEquals([error.code, error.cause], ["ABORT_ERR", "why"]);
});
