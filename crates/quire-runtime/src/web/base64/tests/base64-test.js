test("btoa and atob are each other's inverse", () => {
  assertEquals([btoa(""), btoa("a"), btoa("\xff\0é"), btoa(null)], ["", "YQ==", "/wDp", "bnVsbA=="]);
  const all = Array.from({ length: 20000 }, (_, i) => String.fromCharCode(i % 256)).join("");
  assertEquals(atob(btoa(all)) === all, true);
});

test("atob forgives", () => {
  for (const [input, output] of [["YQ", "a"], [" Y\tQ\n=\f=\r", "a"], ["YWI=", "ab"], ["YWI", "ab"], ["YR==", "a"], ["", ""]]) {
    assertEquals(atob(input), output, input);
  }
});

test("atob refuses what is no base64", () => {
  for (const input of ["a", "a===", "YWI==", "ab=", "=", "====", "a-b_", "YQ==YQ==", "\u00a0YQ==", "a\0bc", "YQ=a"]) {
    assertEquals(assertThrows(() => atob(input), DOMException).name, "InvalidCharacterError", input);
  }
});

test("btoa takes bytes only, and both need their receiver", () => {
  assertEquals(assertThrows(() => btoa("Ā"), DOMException).name, "InvalidCharacterError");
  assertThrows(() => ({ btoa }).btoa("a"), TypeError, "Illegal invocation");
  assertThrows(() => atob(), TypeError);
});
