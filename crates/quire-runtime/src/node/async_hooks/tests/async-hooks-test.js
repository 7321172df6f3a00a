// The harness is not bundled: what `await` itself does is tested end to end. Here are the callbacks.
const { AsyncLocalStorage, AsyncResource, createHook, executionAsyncId } = requireNode("async_hooks");
const { Suspension } = requireNode("internal/async-context");
const later = (start) => new Promise(start);

test("run, nested run, exit", () => {
  const storage = new AsyncLocalStorage();
  const seen = storage.run(1, (a, b) => [storage.getStore(), a, b, storage.run(2, () => storage.getStore()), storage.getStore()], "a", "b");
  assertEquals(seen, [1, "a", "b", 2, 1]);
  assertEquals(storage.run(1, () => storage.exit(() => storage.getStore())), undefined);
  assertThrows(() => storage.run(1, () => { throw new RangeError("out"); }), RangeError, "out");
  assertEquals(storage.getStore(), undefined);
});

test("storages do not see each other; a default; a name", () => {
  const [one, two] = [new AsyncLocalStorage({ defaultValue: "d", name: "one" }), new AsyncLocalStorage()];
  one.run(1, () => two.run(2, () => assertEquals([one.getStore(), two.getStore()], [1, 2])));
  assertEquals([one.getStore(), two.getStore(), one.name, two.name], ["d", undefined, "one", ""]);
});

test("callbacks run in the context in which they were given", async () => {
  const storage = new AsyncLocalStorage();
  const read = (resolve) => () => resolve(storage.getStore());
  const target = new EventTarget();
  const waiting = storage.run("own", () => [
    later((resolve) => setTimeout(read(resolve), 1)),
    later((resolve) => queueMicrotask(read(resolve))),
    Promise.resolve().then(() => storage.getStore()),
    Promise.reject(1).catch(() => storage.getStore()),
    later((resolve) => Promise.resolve().finally(read(resolve))),
    later((resolve) => target.addEventListener("x", read(resolve))),
    later((resolve) => requireNode("process").nextTick(read(resolve))),
    later((resolve) => requireNode("timers").setImmediate(read(resolve))),
    new Response(new ReadableStream({ pull: (controller) => { controller.enqueue(new TextEncoder().encode(storage.getStore())); controller.close(); } })).text(),
  ]);
  storage.run("other", () => target.dispatchEvent(new Event("x")));
  assertEquals(await Promise.all(waiting), Array(9).fill("own"));
});

test("what the bundler makes of await, rejections and thenables", async () => {
  const storage = new AsyncLocalStorage();
  async function lowered(id) {
    const s = new Suspension();
    const seen = [];
    s.resume(await s.suspend(null));
    seen.push(storage.getStore());
    try {
      s.resume(await s.suspend(Promise.reject(id)));
    } catch (error) {
      s.recover();
      seen.push(error, storage.getStore());
    }
    seen.push(s.resume(await s.suspend({ then: (resolve) => resolve(storage.getStore()) })));
    try {
      for await (const value of s.iterate([Promise.resolve(1), 2])) seen.push(value, storage.getStore());
    } finally {
      s.recover();
    }
    return seen;
  }
  const both = await Promise.all(["a", "b"].map((id) => storage.run(id, () => lowered(id))));
  assertEquals(both, ["a", "b"].map((id) => [id, id, id, id, 1, id, 2, id]));
});

test("bind, snapshot, AsyncResource", () => {
  const storage = new AsyncLocalStorage();
  const [bound, snapshot, resource] = storage.run("own", () => [
    AsyncLocalStorage.bind((x) => [x, storage.getStore()]),
    AsyncLocalStorage.snapshot(),
    new AsyncResource("Mine"),
  ]);
  assertEquals(bound(1), [1, "own"]);
  assertEquals(snapshot((x) => [x, storage.getStore()], 2), [2, "own"]);
  assertEquals(resource.runInAsyncScope(function (x) { return [this.y, x, storage.getStore()]; }, { y: 3 }, 4), [3, 4, "own"]);
  assertEquals(resource.bind(() => storage.getStore())(), "own");
  assertEquals([resource.emitDestroy() === resource, resource.asyncId(), executionAsyncId()], [true, 0, 0]);
  assertThrows(() => new AsyncResource(5), TypeError, 'The "type" argument must be of type string. Received type number (5)');
  assertEquals(typeof createHook({}).enable, "function");
});

test("enterWith and disable", () => {
  const storage = new AsyncLocalStorage();
  new AsyncLocalStorage().run(1, () => {
    storage.enterWith("entered");
    assertEquals(storage.getStore(), "entered");
    storage.disable();
    assertEquals(storage.getStore(), undefined);
  });
});
