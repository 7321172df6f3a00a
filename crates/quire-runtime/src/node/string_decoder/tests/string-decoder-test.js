const { StringDecoder } = requireNode("string_decoder");
const { Buffer } = requireNode("buffer");

test("a character in two pieces", () => {
  for (const encoding of ["utf8", "utf16le", "base64", "hex", "base64url"]) {
    const bytes = Buffer.from("aé€😀z", "utf8");
    const whole = bytes.toString(encoding);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const decoder = new StringDecoder(encoding);
      const text = decoder.write(bytes.subarray(0, cut)) + decoder.write(bytes.subarray(cut)) + decoder.end();
      assertEquals(text, whole, `${encoding} cut at ${cut}`);
    }
  }
});

test("what is left at the end", () => {
  const decoder = new StringDecoder();
  assertEquals([decoder.write(Buffer.from([0xe2, 0x82])), decoder.lastNeed, decoder.end()], ["", 1, "\ufffd"]);
  assertEquals(decoder.end(Buffer.from("a")), "a");
  assertThrows(() => new StringDecoder("zz"), TypeError, "Unknown encoding: zz");
  assertThrows(() => decoder.write(5), TypeError, 'The "buf" argument must be an instance of Buffer, TypedArray, or DataView. Received type number (5)');
});
