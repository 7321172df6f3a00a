// Throws from inside two async functions, behind awaits on the same line.
import "node:async_hooks";

const helper = async (x) => { await x; for await (const y of [1]) { throw new TypeError("where"); } };

export async function onRequestGet() {
  await null; await helper(await Promise.resolve(1));
}
