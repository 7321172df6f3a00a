test("what navigator says", () => {
  assertEquals(
    [navigator.userAgent, navigator.hardwareConcurrency, navigator.platform, navigator.language, navigator.languages],
    ["Cloudflare-Workers", 1, "", "en", ["en"]],
  );
  assertEquals([String(navigator), typeof navigator.sendBeacon], ["[object Navigator]", "function"]);
  assertThrows(() => new Navigator(), TypeError, "Illegal constructor");
  assertThrows(() => Navigator.prototype.userAgent, TypeError, "Illegal invocation");
  assertThrows(() => navigator.sendBeacon(), TypeError);
});
