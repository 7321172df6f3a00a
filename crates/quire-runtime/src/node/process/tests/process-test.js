const process = requireNode("process");

test("what programs ask of process", () => {
  assertEquals([process.platform, process.arch, process.cwd(), process.version, process.versions.node], ["linux", "x64", "/bundle", "v22.19.0", "22.19.0"]);
  assertEquals([process.argv, process.pid, process.uptime(), process.umask(), `${process}`], [["workerd"], 1, 0, 18, "[object process]"]);
  assertEquals(process.hrtime(process.hrtime())[0] < 5, true);
  assertEquals(typeof process.hrtime.bigint(), "bigint");
  assertEquals([process.memoryUsage().rss, process.memoryUsage.rss()], [0, 0]);
  assertEquals(process.getBuiltinModule("node:events") === requireNode("events"), true);
  assertEquals(process.getBuiltinModule("nope"), undefined);
  assertThrows(() => process.kill(1), Error, "The process.kill method is not implemented");
  assertThrows(() => process.chdir("/nowhere"), Error, "no such file or directory, chdir '/nowhere'");
});

test("env holds texts", () => {
  process.env.NUMBER = 5;
  assertEquals([process.env.NUMBER, process.env.NONE, "NUMBER" in process.env], ["5", undefined, true]);
  delete process.env.NUMBER;
  assertEquals("NUMBER" in process.env, false);
});

test("nextTick passes arguments and keeps the order", async () => {
  const order = [];
  process.nextTick((...args) => order.push(...args), 1, 2);
  process.nextTick(() => order.push(3));
  await null;
  await null;
  assertEquals(order, [1, 2, 3]);
  assertThrows(() => process.nextTick(5), TypeError, 'The "callback" argument must be of type function. Received type number (5)');
});

test("it is an emitter, and warnings are events", async () => {
  const warning = new Promise((resolve) => process.once("warning", resolve));
  process.emitWarning("careful", { type: "Custom", code: "C1", detail: "more" });
  const { name, message, code, detail } = await warning;
  assertEquals([name, message, code, detail], ["Custom", "careful", "C1", "more"]);
  assertThrows(() => process.emitWarning(5), TypeError, 'The "warning" argument must be of type string or an instance of Error. Received type number (5)');
});

test("rejections that nobody handles", () => {
  const heard = [];
  const listener = (...args) => heard.push(args);
  process.on("unhandledRejection", listener);
  const promise = Promise.resolve();
  const event = new PromiseRejectionEvent("unhandledrejection", { promise, reason: 5, cancelable: true });
  dispatchEvent(event);
  assertEquals([heard[0][0], heard[0][1] === promise, event.defaultPrevented], [5, true, true]);
  process.off("unhandledRejection", listener);
});
