import { thrown } from "./index.js";

const listed = async (storage, options) => [...(await storage.list(options)).keys()];
const fill = (storage) => storage.put({ a: 1, ab: 2, abc: 3, b: 4, c: 5, "é": 6, "😀": 7, "\uffff": 8 });

export const keys = {
  "absent": (storage) => storage.get("a"),
  "put-gives": (storage) => storage.put("a", 1),
  "number-as-key": async (storage) => [await storage.put(5, "five"), await storage.get("5"), await storage.get(5)],
  "null-as-key": async (storage) => [await storage.put(null, 1), await storage.get("null")],
  "empty-key": async (storage) => [await storage.put("", 1), await storage.get("")],
  "boolean-as-key": async (storage) => [await thrown(() => storage.put(true, 1)), await storage.list()],
  "put-undefined": (storage) => thrown(() => storage.put("a", undefined)),
  "put-nothing": (storage) => thrown(() => storage.put("a")),
  "put-no-arguments": (storage) => thrown(() => storage.put()),
  "get-no-arguments": (storage) => thrown(() => storage.get()),
  "put-entries": async (storage) => [await storage.put({ b: 1, a: 2, skipped: undefined }), await storage.list()],
  "put-entries-usage": (storage) => thrown(() => storage.put({ a: 1 }, 5)),
  "put-entries-options": async (storage) => [await storage.put({ a: 1 }, { allowUnconfirmed: true }), await storage.list()],
  "put-array": async (storage) => [await thrown(() => storage.put(["x", "y"])), await storage.list()],
  "put-null-entries": (storage) => thrown(() => storage.put(null)),
  "get-many": async (storage) => (await fill(storage), storage.get(["\uffff", "😀", "b", "none", "a", "a"])),
  "get-many-empty": (storage) => storage.get([]),
  "delete": async (storage) => (await fill(storage), [await storage.delete("a"), await storage.delete("a")]),
  "delete-many": async (storage) => (await fill(storage), [await storage.delete(["a", "none", "b", "b"]), await listed(storage)]),
  "delete-all": async (storage) => (await fill(storage), [await storage.deleteAll(), await listed(storage)]),
  "list": async (storage) => (await fill(storage), storage.list()),
  "list-prefix": async (storage) => (await fill(storage), listed(storage, { prefix: "ab" })),
  "list-start-end": async (storage) => (await fill(storage), listed(storage, { start: "ab", end: "c" })),
  "list-start-after": async (storage) => (await fill(storage), listed(storage, { startAfter: "ab", limit: 2 })),
  "list-reverse": async (storage) => (await fill(storage), listed(storage, { reverse: true, limit: 3 })),
  "list-reverse-range": async (storage) => (await fill(storage), listed(storage, { reverse: true, start: "ab", end: "c" })),
  "list-contradiction": async (storage) => (await fill(storage), listed(storage, { start: "c", end: "a" })),
  "list-prefix-and-start": async (storage) => (await fill(storage), listed(storage, { prefix: "a", start: "abc" })),
  "list-prefix-and-end": async (storage) => (await fill(storage), listed(storage, { prefix: "a", end: "abc" })),
  "list-prefix-outside": async (storage) => (await fill(storage), listed(storage, { prefix: "a", start: "b" })),
  "list-empty-prefix": async (storage) => (await fill(storage), listed(storage, { prefix: "" })),
  "list-both-starts": (storage) => thrown(() => storage.list({ start: "a", startAfter: "b" })),
  "list-limit-0": (storage) => thrown(() => storage.list({ limit: 0 })),
  "list-limit-negative": (storage) => thrown(() => storage.list({ limit: -1 })),
  "list-limit-text": async (storage) => (await fill(storage), thrown(() => listed(storage, { limit: "2" }))),
  "list-limit-nan": (storage) => thrown(() => storage.list({ limit: NaN })),
  "list-number": (storage) => thrown(() => storage.list(5)),
  "list-null": (storage) => thrown(() => storage.list(null)),
  "list-numbers": async (storage) => (await storage.put({ 1: 1, 2: 2, 3: 3 }), listed(storage, { start: 2 })),
  "kv-get": async (storage) => [storage.kv.get("a"), storage.kv.put("a", { x: 1 }), storage.kv.get("a"), await storage.get("a")],
  "kv-delete": (storage) => (storage.kv.put("a", 1), [storage.kv.delete("a"), storage.kv.delete("a")]),
  "kv-undefined": (storage) => [storage.kv.put("u", undefined), storage.kv.get("u"), [...storage.kv.list()]],
  "kv-list": async (storage) => (await fill(storage), [[...storage.kv.list({ prefix: "a", reverse: true })], [...storage.kv.list({ limit: 1 })]]),
  "kv-list-both-starts": (storage) => thrown(() => storage.kv.list({ start: "a", startAfter: "b" })),
  "kv-list-limit-0": (storage) => thrown(() => storage.kv.list({ limit: 0 })),
  "kv-list-invalidated": async (storage) => {
    await fill(storage);
    const old = storage.kv.list();
    old.next();
    storage.kv.list();
    return thrown(() => old.next());
  },
  "kv-list-shape": (storage) => {
    const list = storage.kv.list();
    return [String(list), typeof list.next, typeof list[Symbol.iterator], typeof list.map, list[Symbol.iterator]() === list];
  },
  "shape": (storage) => [String(storage), String(storage.kv), String(storage.sql), storage.kv === storage.kv, storage.sql === storage.sql],
  "members": (storage) => {
    const names = [];
    for (const name in storage) names.push(name);
    return names.sort();
  },
  "sync": (storage) => storage.sync(),
  "bookmark": (storage) => storage.getCurrentBookmark(),
  "bookmark-for-time": (storage) => thrown(() => storage.getBookmarkForTime(Date.now() - 1000)),
  "bookmark-restore": (storage) => thrown(() => storage.onNextSessionRestoreBookmark("00000000-00000000-00000000-00000000000000000000000000000000")),
};
