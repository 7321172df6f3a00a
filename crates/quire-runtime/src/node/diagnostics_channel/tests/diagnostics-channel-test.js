const { channel, subscribe, unsubscribe, hasSubscribers, tracingChannel } = requireNode("diagnostics_channel");
const { AsyncLocalStorage } = requireNode("async_hooks");

test("publish reaches subscribers", () => {
  const heard = [];
  const listener = (message, name) => heard.push([message, name]);
  subscribe("one", listener);
  channel("one").publish({ a: 1 });
  assertEquals([heard, hasSubscribers("one"), unsubscribe("one", listener), hasSubscribers("one")], [[[{ a: 1 }, "one"]], true, true, false]);
  assertThrows(() => channel(5), TypeError, 'The "channel" argument must be one of type string or symbol. Received type number (5)');
});

test("a bound store is entered", () => {
  const storage = new AsyncLocalStorage();
  const own = channel("stores");
  own.bindStore(storage, (message) => message.id);
  assertEquals(own.runStores({ id: 7 }, function (x) { return [this.y, x, storage.getStore()]; }, { y: 1 }, 2), [1, 2, 7]);
  assertEquals([own.unbindStore(storage), storage.getStore()], [true, undefined]);
});

test("tracing tells of start, end and error", async () => {
  const events = [];
  const tracing = tracingChannel("work");
  const names = ["start", "end", "asyncStart", "asyncEnd", "error"];
  tracing.subscribe(Object.fromEntries(names.map((name) => [name, (context) => events.push([name, context.result ?? context.error])])));
  tracing.traceSync((x) => x + 1, {}, null, 1);
  try {
    tracing.traceSync(() => { throw 5; });
  } catch {}
  await tracing.tracePromise(async () => "done", {});
  tracing.traceCallback((done) => done(null, "called"), 0, {}, null, () => {});
  assertEquals(events, [
    ["start", undefined], ["end", 2],
    ["start", undefined], ["error", 5], ["end", 5],
    ["start", undefined], ["end", undefined], ["asyncStart", "done"], ["asyncEnd", "done"],
    ["start", undefined], ["asyncStart", "called"], ["asyncEnd", "called"], ["end", "called"],
  ]);
});
