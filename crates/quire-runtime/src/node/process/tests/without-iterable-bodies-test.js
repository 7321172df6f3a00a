// compatibility: 2026-01-01 nodejs_compat
// What tells Node.js apart, and with it bodies made of async iterators, is not there while those are none.
const process = requireNode("process");

test("process has no tag where async iterators are no bodies", async () => {
  async function* parts() {
    yield new Uint8Array([65]);
  }
  assertEquals(Object.prototype.toString.call(process), "[object Object]");
  assertEquals(await new Response(parts()).text(), "[object AsyncGenerator]");
});
