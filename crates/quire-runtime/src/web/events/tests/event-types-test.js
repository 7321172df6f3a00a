test("the event classes keep their data", () => {
  assertEquals(new CustomEvent("x", { detail: 5 }).detail, 5);
  assertEquals(new CustomEvent("x").detail, null);
  const error = new ErrorEvent("error", { message: "m", filename: "f", lineno: 3, colno: 4, error: "e" });
  assertEquals([error.message, error.filename, error.lineno, error.colno, error.error], ["m", "f", 3, 4, "e"]);
  const message = new MessageEvent("message", { data: { a: 1 } });
  assertEquals([message.data, message.origin, message.lastEventId, message.source, message.ports], [{ a: 1 }, "", "", null, []]);
  const close = new CloseEvent("close", { code: 1001, reason: "bye", wasClean: true });
  assertEquals([close.code, close.reason, close.wasClean], [1001, "bye", true]);
  const promise = Promise.resolve();
  assertEquals(new PromiseRejectionEvent("unhandledrejection", { promise, reason: 1 }).promise === promise, true);
  assertThrows(() => new PromiseRejectionEvent("unhandledrejection", {}), TypeError);
  assertThrows(() => new ExtendableEvent("fetch"), TypeError, "Illegal constructor");
  assertThrows(() => CustomEvent.prototype.detail, TypeError, "Illegal invocation");
});
