test("DigestStream digests what is written to it", async () => {
  const stream = new crypto.DigestStream("SHA-256");
  assert(stream instanceof WritableStream);
  const writer = stream.getWriter();
  await writer.write("a");
  await writer.write(new TextEncoder().encode("xbcx").subarray(1, 3));
  assertEquals(stream.bytesWritten, 3n);
  await writer.close();
  assertEquals(new Uint8Array(await stream.digest).toHex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("an aborted DigestStream has no digest", async () => {
  const stream = new crypto.DigestStream("MD5");
  await stream.abort(new RangeError("why"));
  await assertRejects(stream.digest, RangeError, "why");
  await assertRejects(new crypto.DigestStream("SHA-1").getWriter().write(5), TypeError);
  assertEquals(assertThrows(() => new crypto.DigestStream("nope"), DOMException).name, "NotSupportedError");
});

test("a DigestStream knows checksums", async () => {
  for (const [name, expected] of [["crc32", "NSRBwg=="], ["CRC32C", "Nks/tw=="], ["crc64nvme", "BeXKuz/B+us="]]) {
    const stream = new crypto.DigestStream(name);
    const writer = stream.getWriter();
    writer.write("a");
    writer.write(new TextEncoder().encode("bc").buffer);
    writer.close();
    assertEquals(new Uint8Array(await stream.digest).toBase64(), expected);
    assertEquals(stream.bytesWritten, 3n);
  }
  await assertRejects(crypto.subtle.digest("crc32", new Uint8Array(1)), DOMException);
});

test("a DigestStream that was disposed of takes nothing", async () => {
  const stream = new crypto.DigestStream("md5");
  stream[Symbol.dispose]();
  await assertRejects(stream.getWriter().write("x"), TypeError, "The DigestStream was disposed.");
  await assertRejects(stream.digest, TypeError, "The DigestStream was disposed.");
  stream[Symbol.dispose]();
  const done = new crypto.DigestStream("md5");
  await done.close();
  done[Symbol.dispose]();
  assertEquals((await done.digest).byteLength, 16);
});
