import { thrown } from "./index.js";

const back = async (storage, value) => (await storage.put("k", value), storage.get("k"));
class Point {
  x = 1;
  #hidden = 2;
  get hidden() {
    return this.#hidden;
  }
}
class Mine extends Error {
  name = "Mine";
}

export const values = {
  "primitives": async (storage) => {
    const found = [];
    for (const value of [null, true, 0, -0, 1.5, NaN, -Infinity, "text", "é\ud800", 12n, -(2n ** 70n)]) found.push(await back(storage, value));
    return [...found, Object.is(found[3], -0)];
  },
  "objects": (storage) => back(storage, { a: [1, , { b: undefined }], date: new Date(5), regExp: /x/gi, map: new Map([[{ k: 1 }, new Set([1])]]) }),
  "copies": async (storage) => {
    const value = { list: [] };
    await storage.put("k", value);
    value.list.push(1);
    const first = await storage.get("k");
    first.list.push(2);
    return [await storage.get("k"), first === (await storage.get("k"))];
  },
  "cycle": async (storage) => {
    const value = { name: "cycle" };
    value.self = value;
    const found = await back(storage, value);
    return found.self === found;
  },
  "views": (storage) => back(storage, [new Uint8Array([1, 2]), new Uint16Array([3]).buffer, new DataView(new ArrayBuffer(2))]),
  "class-instance": async (storage) => {
    const found = await back(storage, new Point());
    return [found, Object.getPrototypeOf(found) === Object.prototype];
  },
  "error": async (storage) => {
    const found = await back(storage, Object.assign(new TypeError("bad", { cause: "why" }), { code: 5 }));
    return [`${found}`, found instanceof TypeError, found.cause, found.code, typeof found.stack];
  },
  "own-error": async (storage) => {
    const found = await back(storage, new Mine("bad"));
    return [found.name, found.message, found instanceof Mine];
  },
  "null-prototype": async (storage) => {
    const found = await back(storage, Object.assign(Object.create(null), { a: 1 }));
    return [found, Object.getPrototypeOf(found) === Object.prototype];
  },
  "function": (storage) => thrown(() => storage.put("k", () => 1)),
  "symbol": (storage) => thrown(() => storage.put("k", Symbol("s"))),
  "promise": (storage) => thrown(() => storage.put("k", Promise.resolve())),
  "weak-map": (storage) => thrown(() => storage.put("k", new WeakMap())),
  "url": (storage) => thrown(() => storage.put("k", new URL("http://a"))),
  "headers": async (storage) => thrown(async () => [...(await back(storage, new Headers({ a: "b" })))]),
  "stream": (storage) => thrown(() => storage.put("k", new ReadableStream())),
  "blob": (storage) => thrown(async () => (await back(storage, new Blob(["x"]))).size),
  "exception": (storage) => thrown(async () => (await back(storage, new DOMException("gone", "AbortError"))).name),
  "kv-function": (storage) => thrown(() => storage.kv.put("k", () => 1)),
  "refused-entry": async (storage) => [await thrown(() => storage.put({ a: 1, b: () => 1 })), await storage.list()],
  "id": (storage, object) => thrown(() => storage.put("k", object.ctx.id)),
};
