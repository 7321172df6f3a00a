const { encode, decode, toASCII, toUnicode, ucs2 } = requireNode("punycode");

test("both directions", () => {
  for (const [text, coded] of [["mañana", "maana-pta"], ["☃-⌘", "--dqo34k"], ["他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"], ["abc", "abc-"], ["😀", "e28h"]]) {
    assertEquals([encode(text), decode(coded)], [coded, text]);
  }
  assertEquals(toASCII("x@mañana。com"), "x@xn--maana-pta.com");
  assertEquals(toUnicode("xn--maana-pta.com"), "mañana.com");
  assertEquals(ucs2.encode(ucs2.decode("a😀")), "a😀");
  assertThrows(() => decode("é-x"), RangeError, "Illegal input >= 0x80 (not a basic code point)");
});
