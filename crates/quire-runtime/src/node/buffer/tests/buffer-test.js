const { Buffer, transcode, isUtf8, isAscii, constants } = requireNode("buffer");
const list = (bytes) => Array.from(bytes);

test("text in every encoding, and back", () => {
  const cases = [
    ["héé€😀", "utf8", [104, 195, 169, 195, 169, 226, 130, 172, 240, 159, 152, 128]],
    ["a€", "utf16le", [97, 0, 172, 32]],
    ["é", "latin1", [233]],
    ["-_-_", "base64url", [251, 255, 191]],
    ["+/+/", "base64", [251, 255, 191]],
    ["00ff", "hex", [0, 255]],
  ];
  for (const [text, encoding, bytes] of cases) {
    const buffer = Buffer.from(text, encoding);
    assertEquals(list(buffer), bytes, encoding);
    assertEquals(buffer.toString(encoding), text, encoding);
    assertEquals(Buffer.byteLength(text, encoding), bytes.length, encoding);
  }
  assertEquals(Buffer.from([0xe9, 0x41]).toString("ascii"), "iA");
});

test("text that is not quite right", () => {
  assertEquals(Buffer.from("abxx12", "hex").toString("hex"), "ab");
  assertEquals(Buffer.from("abc", "hex").toString("hex"), "ab");
  assertEquals(Buffer.from("a-G_ !b2=zz", "base64").toString("hex"), Buffer.from("a+G/b2", "base64").toString("hex"));
  assertEquals(Buffer.from("\ud800x").toString(), "\ufffdx");
  assertEquals(Buffer.from([0xef, 0xbb, 0xbf, 0x61]).toString(), "\ufeffa");
  assertThrows(() => Buffer.from("a", "zz"), TypeError, "Unknown encoding: zz");
});

test("it is a Uint8Array whose slices share memory", () => {
  const buffer = Buffer.from("hello");
  assert(buffer instanceof Uint8Array && Buffer.isBuffer(buffer));
  assert(!Buffer.isBuffer(new Uint8Array(1)));
  buffer.slice(1, 3)[0] = 0x41;
  buffer.subarray(-1)[0] = 0x42;
  assertEquals(buffer.toString(), "hAllB");
  assert(Buffer.isBuffer(buffer.map((byte) => byte + 1)));
  const memory = new ArrayBuffer(4);
  Buffer.from(memory, 1, 2).fill(7);
  assertEquals(list(new Uint8Array(memory)), [0, 7, 7, 0]);
  assert(Buffer.isBuffer(Buffer(3)) && Buffer.isBuffer(new Buffer("abc")));
  assertEquals(JSON.stringify(Buffer.from("a")), '{"type":"Buffer","data":[97]}');
  assertEquals(Buffer.from(JSON.parse(JSON.stringify(Buffer.from("xyz")))).toString(), "xyz");
});

test("numbers", () => {
  const buffer = Buffer.alloc(16);
  assertEquals(buffer.writeInt32BE(-2, 0), 4);
  assertEquals([buffer.readUInt32BE(0), buffer.readInt32LE(0), buffer.readUint8(3)], [4294967294, -16777217, 254]);
  buffer.writeUIntLE(0x123456789abc, 2, 6);
  assertEquals([buffer.readUIntLE(2, 6), buffer.readUIntBE(2, 6), buffer.readIntBE(2, 3)], [0x123456789abc, 0xbc9a78563412, -4416904]);
  buffer.writeIntBE(-3000000000, 0, 5);
  assertEquals(buffer.readIntBE(0, 5), -3000000000);
  buffer.writeDoubleBE(Math.PI, 8);
  buffer.writeFloatLE(1.5, 0);
  assertEquals([buffer.readDoubleBE(8), buffer.readFloatLE(0)], [Math.PI, 1.5]);
  buffer.writeBigInt64LE(-5n, 8);
  assertEquals([buffer.readBigInt64LE(8), buffer.readBigUInt64LE(8)], [-5n, 2n ** 64n - 5n]);
  assertThrows(() => buffer.readInt8(16), RangeError, 'The value of "offset" is out of range. It must be >= 0 and <= 15. Received 16');
  assertThrows(() => buffer.writeUInt8(256), RangeError, 'The value of "value" is out of range. It must be >= 0 and <= 255. Received 256');
  assertThrows(() => buffer.writeUIntBE(2 ** 48, 0, 6), RangeError, 'The value of "value" is out of range. It must be >= 0 and < 2 ** 48. Received 281_474_976_710_656');
  assertThrows(() => Buffer.alloc(2).readInt32LE(0), RangeError, "Attempt to access memory outside buffer bounds");
});

test("finding and comparing", () => {
  const buffer = Buffer.from("this is a buffer, this is");
  assertEquals([buffer.indexOf("is"), buffer.indexOf("is", 3), buffer.lastIndexOf("this"), buffer.indexOf("nope")], [2, 5, 18, -1]);
  assertEquals([buffer.indexOf(Buffer.from("buf")), buffer.indexOf(98), buffer.includes("a b"), buffer.indexOf("is", -3)], [10, 10, true, 23]);
  assertEquals(Buffer.from("abab", "utf16le").indexOf("b", 0, "utf16le"), 2);
  assertEquals([Buffer.compare(Buffer.from("a"), Buffer.from("b")), Buffer.from("b").compare(Buffer.from("a")), Buffer.from("a").equals(new Uint8Array([97]))], [-1, 1, true]);
  assertEquals(Buffer.from("xabcx").compare(Buffer.from("abc"), 0, 3, 1, 4), 0);
});

test("writing, filling, copying", () => {
  const buffer = Buffer.alloc(6, "ab");
  assertEquals(buffer.toString(), "ababab");
  assertEquals(buffer.write("€€€"), 6);
  assertEquals([buffer.write("😀😀"), buffer.write("zz", 4)], [4, 2]);
  assertEquals(buffer.fill("ff00", "hex").toString("hex"), "ff00ff00ff00");
  assertEquals(buffer.fill(0x141, 1, 3).toString("hex"), "ff4141" + "00ff00");
  assertThrows(() => buffer.fill("zz", "hex"), TypeError, "The argument 'value' is invalid. Received 'zz'");
  const target = Buffer.alloc(3);
  assertEquals([Buffer.from("hello").copy(target, 1, 3), target.toString("latin1")], [2, "\0lo"]);
  const overlapping = Buffer.from("abcdef");
  overlapping.copy(overlapping, 2, 0, 4);
  assertEquals(overlapping.toString(), "ababcd");
  assertEquals(Buffer.from([1, 2, 3, 4]).swap32().toString("hex"), "04030201");
  assertEquals(Buffer.concat([Buffer.from("ab"), new Uint8Array([99])], 4).toString("hex"), "61626300");
});

test("how it shows, and the rest of the module", () => {
  assertEquals(Buffer.from("abc").inspect(), "<Buffer 61 62 63>");
  assertEquals(Buffer.alloc(52).inspect().endsWith("00 00 ... 2 more bytes>"), true);
  assertEquals(transcode(Buffer.from("€é"), "utf8", "latin1").toString("latin1"), "?é");
  assertEquals([isUtf8(Buffer.from("é")), isUtf8(new Uint8Array([0xff])), isAscii(Buffer.from("a")), isAscii(Buffer.from("é"))], [true, false, true, false]);
  assertEquals(constants.MAX_STRING_LENGTH, 536870888);
  assertThrows(() => Buffer.from(5), TypeError, "The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object. Received type number (5)");
});
