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
