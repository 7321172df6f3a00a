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
