async function through(stream, chunks) {
  const writer = stream.writable.getWriter();
  const writing = (async () => {
    for (const chunk of chunks) await writer.write(chunk);
    await writer.close();
  })();
  writing.catch(() => {});
  const output = [];
  const reader = stream.readable.getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) output.push(step.value);
  return output;
}

test("TextEncoderStream joins surrogate pairs over chunks", async () => {
  const chunks = await through(new TextEncoderStream(), ["a\ud83d", "\ude00", "\ud800"]);
  assertEquals(chunks.flatMap((chunk) => [...chunk]), [97, 240, 159, 152, 128, 239, 191, 189]);
});

test("TextDecoderStream joins characters over chunks", async () => {
  const parts = [new Uint8Array([0xf0, 0x9f]), new Uint8Array([0x98]), new Uint8Array([0x80, 97]).buffer];
  assertEquals((await through(new TextDecoderStream(), parts)).join(""), "😀a");
  assertEquals((await through(new TextDecoderStream("utf-8"), [new Uint8Array([0xf0])])).join(""), "\ufffd");
});

test("bad chunks and malformed input are errors", async () => {
  await assertRejects(through(new TextDecoderStream("utf-8", { fatal: true }), [new Uint8Array([0xff])]), TypeError);
  await assertRejects(through(new TextDecoderStream(), ["text"]), TypeError);
});

test("attributes", () => {
  const stream = new TextDecoderStream("utf-16be", { ignoreBOM: true });
  assertEquals([stream.encoding, stream.fatal, stream.ignoreBOM], ["utf-16be", false, true]);
  assertEquals(new TextEncoderStream().encoding, "utf-8");
  assertThrows(() => new TextDecoderStream("bogus"), RangeError);
});
