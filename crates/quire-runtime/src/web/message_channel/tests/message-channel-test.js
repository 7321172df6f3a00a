test("a message channel delivers copies in order", async () => {
  const { port1, port2 } = new MessageChannel();
  const sent = { a: [1] };
  port1.postMessage(sent);
  port1.postMessage("second");
  sent.a.push(2);
  const received = await new Promise((resolve) => {
    const all = [];
    port2.onmessage = (event) => {
      all.push(event.data);
      if (all.length === 2) resolve(all);
    };
  });
  assertEquals(received, [{ a: [1] }, "second"]);
});

test("addEventListener on a port needs start()", async () => {
  const { port1, port2 } = new MessageChannel();
  const seen = [];
  port2.addEventListener("message", (event) => seen.push(event.data));
  port1.postMessage(1);
  await Promise.resolve();
  assertEquals(seen, []);
  port2.start();
  await new Promise((resolve) => setTimeout(resolve, 1));
  assertEquals(seen, [1]);
});

test("close() ends both ports, the other one first", async () => {
  const { port1, port2 } = new MessageChannel();
  const seen = [];
  port1.onclose = () => seen.push("own");
  port2.onclose = () => seen.push("other");
  port1.close();
  port2.postMessage("lost");
  await new Promise((resolve) => setTimeout(resolve, 1));
  assertEquals(seen, ["other", "own"]);
  assertThrows(() => port1.postMessage(1, [new ArrayBuffer(1)]), Error, "Transfer list is not supported");
  assertThrows(() => new MessagePort(), TypeError, "Illegal constructor");
});
