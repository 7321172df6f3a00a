// Every way in which code can go on later, each looking at the store of its request.
import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import EventEmitter, { once } from "node:events";
const als = new AsyncLocalStorage();
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
async function deep(n) { if (n === 0) { await null; return als.getStore(); } await sleep(n % 3); return deep(n - 1); }
async function* numbers(k) { for (let i = 0; i < k; i++) { await sleep(1); yield `${als.getStore()} ${i}`; } }
class Thing { constructor() { this.v = 5; } async method(x) { await sleep(1); return [this.v, x, als.getStore(), arguments.length]; } static async s() { await 1; return als.getStore(); } }
class Sub extends Thing { async method(x) { const r = await super.method(x); const f = async () => { await sleep(1); return [this.v, arguments[0], await super.method("inner"), new.target === undefined, als.getStore()]; }; return [r, await f()]; } }
const thenable = (v) => ({ then(resolve) { resolve([v, als.getStore()]); } });
/** What each kind of continuation sees: all of it must be `id`. */
const checks = {
  sleep: async () => { await sleep(Math.random() * 5); return als.getStore(); },
  deep: () => deep(5),
  arguments: async () => new Sub().method("a"),
  static: () => Thing.s(),
  async forAwaitOfGenerator() {
    const seen = [];
    for await (const value of numbers(3)) { seen.push(value, als.getStore()); await sleep(1); }
    return [seen, als.getStore()];
  },
  async forAwaitOfArray() {
    const seen = [];
    for await (const value of [sleep(1), Promise.resolve(2), 3]) seen.push(als.getStore());
    return [seen, als.getStore()];
  },
  async labels() {
    outer: for (const i of [1, 2]) for await (const value of numbers(5)) { if (i === 1) continue outer; break outer; }
    return als.getStore();
  },
  async caught() {
    try { await Promise.reject(new Error("x")); } catch (error) { return [error.message, als.getStore()]; }
  },
  async finally() {
    const seen = [];
    try { try { await sleep(1).then(() => { throw new Error("y"); }); } finally { seen.push(als.getStore()); } } catch { seen.push(als.getStore()); }
    return seen;
  },
  async returned() {
    const seen = [];
    const early = async () => { await sleep(1); try { return als.getStore(); } finally { seen.push(als.getStore() ?? "null"); } };
    const looped = async () => { for await (const value of numbers(3)) { try { return value; } finally { seen.push(als.getStore() ?? "null"); } } };
    seen.push(await early(), await looped(), als.getStore());
    return seen;
  },
  async gathered() { return [await Array.fromAsync(numbers(3), (value) => [value, als.getStore()]), als.getStore()]; },
  all: () => Promise.all([deep(1), deep(2), Thing.s()]),
  async race() { return [await Promise.race([deep(1), deep(3)]), als.getStore()]; },
  async settled() { await Promise.allSettled([sleep(1), Promise.reject(1)]); return als.getStore(); },
  async thenable() { return [await thenable(1), await (async () => thenable(2))()]; },
  timer: () => new Promise((resolve) => setTimeout(() => resolve(als.getStore()), 2)),
  then: () => sleep(1).then(() => als.getStore()),
  finallyCallback: () => new Promise((resolve) => { sleep(1).finally(() => resolve(als.getStore())); }),
  microtask: () => new Promise((resolve) => queueMicrotask(() => resolve(als.getStore()))),
  tick: () => new Promise((resolve) => process.nextTick(() => resolve(als.getStore()))),
  immediate: () => new Promise((resolve) => setImmediate(() => resolve(als.getStore()))),
  async nested(id) {
    const inner = await als.run(`${id}/nested`, async () => { const first = als.getStore(); await sleep(1); return [first, als.getStore(), als.exit(() => als.getStore()) ?? id]; });
    return [inner, als.getStore()];
  },
  listener() {
    const target = new EventTarget();
    const heard = new Promise((resolve) => target.addEventListener("event", () => resolve(als.getStore())));
    als.run("another", () => target.dispatchEvent(new Event("event")));
    return heard;
  },
  async stream() {
    const stream = new ReadableStream({ async pull(controller) { await sleep(1); controller.enqueue(als.getStore()); controller.close(); } });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk, als.getStore());
    return chunks;
  },
  async fetch() { const response = await fetch("data:text/plain,x"); return [await response.text(), als.getStore()]; },
  async import() { const { f } = await import("./other.js"); return [await f(), als.getStore()]; },
  async delegated() {
    const seen = [];
    async function* delegating() {
      yield* numbers(2);
      try { yield als.getStore(); } finally { await sleep(1); seen.push(als.getStore()); }
    }
    for await (const value of delegating()) if (seen.push(value) === 3) break;
    return [seen, als.getStore()];
  },
  async once() { const emitter = new EventEmitter(); setTimeout(() => emitter.emit("x", 1), 1); await once(emitter, "x"); return als.getStore(); },
  parameter: async ({ store = als.getStore() } = {}) => store,
  bound: async (id) => AsyncLocalStorage.bind(() => [als.getStore(), new AsyncResource("X").runInAsyncScope(() => als.getStore())])(),
  async entered(id) { als.enterWith(`${id}/entered`); await sleep(1); return als.getStore(); },
};

/** The text of all answers, those that name anything but this request's store apart. */
export async function onRequest({ request }) {
  const id = new URL(request.url).searchParams.get("id");
  const outside = als.getStore() === undefined;
  const wrong = {};
  await als.run(id, async () => {
    for (const [name, check] of Object.entries(checks)) {
      const seen = await als.run(id, () => check(id));
      const text = JSON.stringify(seen) ?? "undefined";
      const stores = text.match(/store-[a-z]+/g) ?? [];
      if (stores.length === 0 || stores.some((store) => store !== id) || /null/.test(text)) wrong[name] = seen ?? null;
    }
  });
  return Response.json({ id, checked: Object.keys(checks).length, wrong, outside: outside && als.getStore() === undefined, variable: process.env.TEXT });
}
