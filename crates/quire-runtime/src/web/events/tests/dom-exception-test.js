test("a DOMException is an error with a legacy code", () => {
  const error = new DOMException("gone", "AbortError");
  assert(error instanceof Error);
  assertEquals([error.name, error.message, error.code, String(error)], ["AbortError", "gone", 20, "AbortError: gone"]);
  assertEquals(typeof error.stack, "string");
  assertEquals(Object.keys(error), []);
  assertEquals(new DOMException("x", "NoSuchName").code, 0);
  assertEquals([new DOMException().name, new DOMException().message], ["Error", ""]);
});

test("DOMException has the shape of an interface", () => {
  assertEquals(Object.getPrototypeOf(DOMException), Function.prototype);
  assertEquals(Object.getPrototypeOf(DOMException.prototype), Error.prototype);
  assertEquals([DOMException.DATA_CLONE_ERR, DOMException.prototype.INDEX_SIZE_ERR], [25, 1]);
  assertEquals(Object.prototype.toString.call(new DOMException()), "[object DOMException]");
  assertThrows(() => DOMException("x"), TypeError);
  assertThrows(() => DOMException.prototype.name, TypeError, "Illegal invocation");
  class Special extends DOMException {}
  assert(new Special("m", "DataError") instanceof Special);
});
