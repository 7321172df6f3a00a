const bytes = (...values) => new Uint8Array(values);

test("TextEncoder writes UTF-8", () => {
  const encoder = new TextEncoder();
  assertEquals(encoder.encoding, "utf-8");
  assertEquals(encoder.encode("aé😀\ud800"), bytes(97, 195, 169, 240, 159, 152, 128, 239, 191, 189));
  assertEquals(encoder.encode(), bytes());
  assertEquals(encoder.encode("a\0b"), bytes(97, 0, 98));
});

test("encodeInto stops where the next character does not fit", () => {
  const room = new Uint8Array(6);
  assertEquals(new TextEncoder().encodeInto("aé€x", room), { read: 3, written: 6 });
  assertEquals(room, bytes(97, 195, 169, 226, 130, 172));
  assertEquals(new TextEncoder().encodeInto("a😀", new Uint8Array(4)), { read: 1, written: 1 });
  assertEquals(new TextEncoder().encodeInto("\udc00", new Uint8Array(3)), { read: 1, written: 3 });
  assertThrows(() => new TextEncoder().encodeInto("a", new Int8Array(1)), TypeError);
});

test("TextDecoder knows the labels and their options", () => {
  const decoder = new TextDecoder(" Latin1 ", { fatal: 1 });
  assertEquals([decoder.encoding, decoder.fatal, decoder.ignoreBOM], ["windows-1252", true, false]);
  assertEquals(new TextDecoder("sjis").decode(bytes(0x82, 0xa0)), "あ");
  assertEquals(new TextDecoder("utf-16").decode(bytes(0xff, 0xfe, 97, 0)), "a");
  assertThrows(() => new TextDecoder("bogus"), RangeError, '"bogus" is not a valid encoding.');
  assertThrows(() => new TextDecoder("hz-gb-2312"), RangeError);
  assertThrows(() => new TextDecoder("replacement"), RangeError);
});

test("malformed input is replaced, or refused by a fatal decoder", () => {
  assertEquals(new TextDecoder().decode(bytes(97, 0xff, 98)), "a\ufffdb");
  assertThrows(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes(0xff)), TypeError, "Failed to decode input.");
});

test("the byte order mark", () => {
  const text = bytes(0xef, 0xbb, 0xbf, 97);
  assertEquals([new TextDecoder().decode(text), new TextDecoder("utf-8", { ignoreBOM: true }).decode(text)], ["a", "\ufeffa"]);
});

test("text in pieces", () => {
  const decoder = new TextDecoder();
  const parts = [bytes(0xef, 0xbb), bytes(0xbf, 0xf0, 0x9f), bytes(0x98, 0x80), bytes(0xe2)];
  assertEquals(parts.map((part) => decoder.decode(part, { stream: true })).join("") + decoder.decode(), "😀\ufffd");
  assertEquals(decoder.decode(text("again")), "again");
});
const text = (string) => new TextEncoder().encode(string);

test("every kind of buffer is read, at its offset", () => {
  const buffer = text("xabcx").buffer;
  assertEquals(new TextDecoder().decode(buffer), "xabcx");
  assertEquals(new TextDecoder().decode(new DataView(buffer, 1, 3)), "abc");
  assertEquals(new TextDecoder().decode(new Int8Array(buffer, 1, 3)), "abc");
  assertEquals([new TextDecoder().decode(), new TextDecoder().decode(undefined)], ["", ""]);
  for (const wrong of [null, "abc", 5, {}]) assertThrows(() => new TextDecoder().decode(wrong), TypeError);
  if (typeof SharedArrayBuffer === "function") {
    const shared = new Uint8Array(new SharedArrayBuffer(2)).fill(65);
    assertEquals([new TextDecoder().decode(shared), new TextDecoder().decode(shared.buffer)], ["AA", "AA"]);
  }
});

test("wrong receivers are refused", () => {
  assertThrows(() => TextDecoder.prototype.decode.call({}), TypeError, "Illegal invocation");
  assertThrows(() => TextEncoder.prototype.encode.call({}), TypeError, "Illegal invocation");
});
