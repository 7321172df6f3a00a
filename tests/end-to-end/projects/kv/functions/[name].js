import { env as imported } from "cloudflare:workers";

const told = async (action) => {
  try {
    const value = await action();
    return value === undefined ? "undefined" : value;
  } catch (error) {
    return `${error?.constructor?.name}: ${error?.message}`;
  }
};
const MIB = 1024 * 1024;
const MAX = 25 * MIB;
const seconds = () => Math.floor(Date.now() / 1000);
const bytes = (...values) => new Uint8Array(values);
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
const streamOf = (...chunks) =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
/** A text in place of a moment, so that two runs agree. */
const moment = (text) => (typeof text === "string" ? text.replace(/\b1[0-9]{9}\b/g, "MOMENT") : text);

/** What `KV` has under a key after it was put there. */
const kept = async (KV, key, value, options) => {
  const result = await told(() => KV.put(key, value, options));
  if (result !== "undefined") return moment(result);
  return KV.get(key);
};
const keptBytes = async (KV, key, value) => {
  const result = await told(() => KV.put(key, value));
  return result === "undefined" ? hex(await KV.get(key, "arrayBuffer")) : result;
};
/** How long the key still has, as list says it; give or take a second. */
const lifetime = async (KV, key, options) => {
  const result = await told(() => KV.put(key, "v", options));
  if (result !== "undefined") return moment(result);
  const { keys } = await KV.list({ prefix: key });
  if (keys[0].expiration === undefined) return "none";
  return [Number.isInteger(keys[0].expiration), Math.round((keys[0].expiration - seconds()) / 10) * 10];
};
const metadata = async (KV, key, value) => {
  const result = await told(() => KV.put(key, "v", { metadata: value }));
  if (result !== "undefined") return result;
  const { keys } = await KV.list({ prefix: key });
  return [(await KV.getWithMetadata(key)).metadata, "metadata" in keys[0] ? keys[0].metadata : "absent"];
};
const filled = async (KV, key, names) => {
  for (const name of names) await KV.put(`${key}${name}`, name);
};
const names = (list, key) => list.keys.map(({ name }) => name.slice(key.length));
const shape = (list, key) => [names(list, key), list.list_complete, "cursor" in list, list.cacheStatus, Object.keys(list).sort().join()];
const entries = (map) => (map instanceof Map ? ["Map", ...map] : map);

const checks = {
  // The object
  tag: (KV) => [Object.prototype.toString.call(KV), KV.constructor.name, typeof KV],
  methods: (KV) => Object.getOwnPropertyNames(Object.getPrototypeOf(KV)).filter((name) => typeof KV[name] === "function"),
  ownKeys: (KV) => [Object.keys(KV), JSON.stringify(KV)],
  enumerable: (KV) => { const found = []; for (const name in KV) found.push(name); return found; },
  deleteBulk: (KV) => typeof KV.deleteBulk,
  lengths: (KV) => ["get", "list", "put", "getWithMetadata", "delete"].map((name) => KV[name].length),
  global: () => [typeof globalThis.KvNamespace, typeof globalThis.KVNamespace],
  construct: (KV) => told(() => new KV.constructor()),
  foreignThis: (KV) => told(() => KV.get.call({}, "a")),
  clone: (KV) => told(() => structuredClone(KV)),
  sameObject: (KV, key, context) => [context.env.KV === context.env.KV, context.env.SAME === context.env.KV, typeof imported.KV.get],
  importedEnv: async (KV, key) => { await imported.KV.put(key, "x"); return KV.get(key); },
  promises: (KV, key) => [KV.get(key), KV.put(key, "x"), KV.list(), KV.getWithMetadata(key), KV.delete(key)].map((value) => { value.catch(() => {}); return value instanceof Promise; }),
  sameId: async (KV, key, { env }) => { await KV.put(key, "x"); return [await env.SAME.get(key), await env.OTHER.get(key)]; },

  // Keys
  keyNumber: async (KV) => { await KV.put("123", "number"); return [await KV.get(123), await KV.get("123")]; },
  keyNull: async (KV) => { await KV.put(null, "null"); return KV.get("null"); },
  keyObject: async (KV) => { await KV.put({}, "object"); return KV.get("[object Object]"); },
  keyToString: async (KV, key) => { await KV.put({ toString: () => key }, "x"); return KV.get(key); },
  keySymbol: (KV) => told(() => KV.get(Symbol("x"))),
  keyUndefinedGet: (KV) => told(() => KV.get(undefined)),
  keyMissingGet: (KV) => told(() => KV.get()),
  keyUndefinedWith: (KV) => told(() => KV.getWithMetadata(undefined)),
  keyMissingWith: (KV) => told(() => KV.getWithMetadata()),
  keyUndefinedPut: (KV) => told(() => KV.put(undefined, "x")),
  keyMissingPut: (KV) => told(() => KV.put()),
  keyUndefinedDelete: (KV) => told(() => KV.delete(undefined)),
  keyMissingDelete: (KV) => told(() => KV.delete()),
  keyEmptyGet: (KV) => told(() => KV.get("")),
  keyEmptyWith: (KV) => told(() => KV.getWithMetadata("")),
  keyEmptyPut: (KV) => told(() => KV.put("", "x")),
  keyEmptyDelete: (KV) => told(() => KV.delete("")),
  keyDotGet: (KV) => told(() => KV.get(".")),
  keyDotsGet: (KV) => told(() => KV.get("..")),
  keyDotPut: (KV) => told(() => KV.put(".", "x")),
  keyDotsPut: (KV) => told(() => KV.put("..", "x")),
  keyDotDelete: (KV) => told(() => KV.delete(".")),
  keyLongGet: (KV) => told(() => KV.get("k".repeat(513))),
  keyLongWith: (KV) => told(() => KV.getWithMetadata("k".repeat(513))),
  keyLongPut: (KV) => told(() => KV.put("k".repeat(513), "x")),
  keyLongDelete: (KV) => told(() => KV.delete("k".repeat(513))),
  keyLongBytes: (KV) => told(() => KV.get("é".repeat(257))),
  keyLongest: (KV) => kept(KV, "k".repeat(512), "x"),
  keyLongestBytes: (KV) => kept(KV, "é".repeat(256), "x"),
  keySlashes: (KV, key) => kept(KV, `${key}/a//b/`, "x"),
  keyParents: async (KV, key) => [await kept(KV, `${key}/../b`, "x"), await KV.get("b"), await kept(KV, "./x", "y"), await kept(KV, "a/..", "z")],
  keyQuery: async (KV, key) => [await kept(KV, `${key}?a=b#c`, "x"), await KV.get(key)],
  keyPercent: async (KV, key) => [await kept(KV, `${key}%20`, "x"), await KV.get(`${key} `), await kept(KV, `${key}%zz`, "y"), await kept(KV, `${key}%`, "z")],
  keySpaces: (KV, key) => kept(KV, ` ${key} \n\t`, "x"),
  keyPlus: async (KV, key) => [await kept(KV, `${key}+`, "x"), await KV.get(`${key} `)],
  keyControl: (KV, key) => kept(KV, `${key}\u0001\u007f`, "x"),
  keyEmoji: (KV, key) => kept(KV, `${key}😀é\u0301`, "x"),
  keySurrogate: async (KV, key) => { await KV.put(`${key}\ud800`, "x"); return [await KV.get(`${key}\ufffd`), await KV.get(`${key}\ud800`), (await KV.list({ prefix: key })).keys]; },
  keyCase: async (KV, key) => { await KV.put(`${key}A`, "x"); return [await KV.get(`${key}a`), await KV.get(`${key}A`)]; },

  // Reading
  missing: (KV, key) => told(() => KV.get(key)),
  missingTypes: (KV, key) => Promise.all(["text", "json", "arrayBuffer", "stream", "nonsense"].map((type) => told(() => KV.get(key, type)))),
  missingWith: (KV, key) => KV.getWithMetadata(key),
  text: (KV, key) => kept(KV, key, "hello é 😀"),
  textType: async (KV, key) => { await KV.put(key, "x"); return [await KV.get(key, "text"), await KV.get(key, { type: "text" }), await KV.get(key, {}), await KV.get(key, undefined), await KV.get(key, { type: undefined })]; },
  textNullOptions: async (KV, key) => { await KV.put(key, "x"); return [await told(() => KV.get(key, null)), await told(() => KV.get(key, { type: null }))]; },
  textOptionsNumber: async (KV, key) => { await KV.put(key, "x"); return [await told(() => KV.get(key, 1)), await told(() => KV.get(key, true)), await told(() => KV.get(key, []))]; },
  textInvalid: async (KV, key) => { await KV.put(key, bytes(0x61, 0xff, 0xc3, 0x62, 0xe2, 0x82)); return KV.get(key); },
  textMark: async (KV, key) => { await KV.put(key, bytes(0xef, 0xbb, 0xbf, 0x61)); const text = await KV.get(key); return [text.length, text.charCodeAt(0)]; },
  textSurrogate: async (KV, key) => { await KV.put(key, "a\ud800b"); return KV.get(key); },
  textZero: async (KV, key) => { await KV.put(key, "a\u0000b"); return (await KV.get(key)).length; },
  textEmpty: async (KV, key) => { await KV.put(key, ""); const value = await KV.get(key); return [value, typeof value]; },
  json: async (KV, key) => { await KV.put(key, '{"a":[1,null,"é"]}'); return KV.get(key, "json"); },
  jsonObjectForm: async (KV, key) => { await KV.put(key, "[1]"); return KV.get(key, { type: "json" }); },
  jsonScalars: async (KV, key) => { const found = []; for (const text of ["1", "null", '"s"', "true", " 2 "]) { await KV.put(key, text); found.push(await KV.get(key, "json")); } return found; },
  jsonProto: async (KV, key) => { await KV.put(key, '{"__proto__":1}'); return Object.keys(await KV.get(key, "json")); },
  jsonBroken: async (KV, key) => { await KV.put(key, "{"); return (await told(() => KV.get(key, "json"))).split(":")[0]; },
  jsonEmpty: async (KV, key) => { await KV.put(key, ""); return (await told(() => KV.get(key, "json"))).split(":")[0]; },
  arrayBuffer: async (KV, key) => { await KV.put(key, bytes(1, 2, 255, 0)); const value = await KV.get(key, "arrayBuffer"); return [value instanceof ArrayBuffer, hex(value), value.resizable]; },
  arrayBufferFresh: async (KV, key) => { await KV.put(key, "ab"); const [a, b] = [await KV.get(key, "arrayBuffer"), await KV.get(key, "arrayBuffer")]; new Uint8Array(a)[0] = 0; return [a === b, hex(b), hex(await KV.get(key, "arrayBuffer"))]; },
  arrayBufferEmpty: async (KV, key) => { await KV.put(key, ""); const value = await KV.get(key, "arrayBuffer"); return [value instanceof ArrayBuffer, value.byteLength]; },
  stream: async (KV, key) => { await KV.put(key, "streamed"); const value = await KV.get(key, "stream"); return [value instanceof ReadableStream, value.locked, await new Response(value).text()]; },
  streamRead: async (KV, key) => { await KV.put(key, "abc"); const reader = (await KV.get(key, "stream")).getReader(); const first = await reader.read(); const last = await reader.read(); return [first.value instanceof Uint8Array, hex(first.value), last.done]; },
  streamByob: async (KV, key) => { await KV.put(key, "abcdef"); const reader = (await KV.get(key, "stream")).getReader({ mode: "byob" }); const first = await reader.read(new Uint8Array(4)); const second = await reader.read(new Uint8Array(4)); return [hex(first.value), hex(second.value)]; },
  streamEmpty: async (KV, key) => { await KV.put(key, ""); return [await new Response(await KV.get(key, "stream")).text()]; },
  streamTee: async (KV, key) => { await KV.put(key, "abc"); const [a, b] = (await KV.get(key, "stream")).tee(); return [await new Response(a).text(), await new Response(b).text()]; },
  streamResponse: async (KV, key) => { await KV.put(key, "as a body"); return new Response(await KV.get(key, "stream")); },
  streamCancel: async (KV, key) => { await KV.put(key, "abc"); const value = await KV.get(key, "stream"); await value.cancel(); return KV.get(key); },
  unknownType: async (KV, key) => { await KV.put(key, "x"); return [await told(() => KV.get(key, "nonsense")), await told(() => KV.get(key, { type: "TEXT" })), await told(() => KV.get(key, ""))]; },
  unknownTypeWith: async (KV, key) => { await KV.put(key, "x"); return told(() => KV.getWithMetadata(key, "blob")); },
  cacheTtl: async (KV, key) => { await KV.put(key, "x"); return [await KV.get(key, { cacheTtl: 30 }), await KV.get(key, { cacheTtl: 1e9 }), await KV.get(key, { cacheTtl: undefined })]; },
  cacheTtlSmall: (KV, key) => told(() => KV.get(key, { cacheTtl: 10 })),
  cacheTtlAlmost: (KV, key) => told(() => KV.get(key, { cacheTtl: 29.9 })),
  cacheTtlNegative: (KV, key) => told(() => KV.get(key, { cacheTtl: -1 })),
  cacheTtlNan: (KV, key) => told(() => KV.get(key, { cacheTtl: NaN })),
  cacheTtlNull: (KV, key) => told(() => KV.get(key, { cacheTtl: null })),
  cacheTtlString: (KV, key) => told(() => KV.get(key, { cacheTtl: "60" })),
  cacheTtlWord: (KV, key) => told(() => KV.get(key, { cacheTtl: "soon" })),
  cacheTtlHuge: (KV, key) => told(() => KV.get(key, { cacheTtl: 2 ** 31 })),
  cacheTtlInfinite: (KV, key) => told(() => KV.get(key, { cacheTtl: Infinity })),
  cacheTtlBig: (KV, key) => told(() => KV.get(key, { cacheTtl: 60n })),
  cacheTtlWith: (KV, key) => told(() => KV.getWithMetadata(key, { cacheTtl: 1 })),
  optionsOrder: async (KV, key) => { const seen = []; await KV.get(key, { get cacheTtl() { seen.push("cacheTtl"); return 60; }, get type() { seen.push("type"); return "text"; } }); return seen; },
  optionsThrow: (KV, key) => told(() => KV.get(key, { get type() { throw new RangeError("mine"); } })),
  keyThrow: (KV) => told(() => KV.get({ toString() { throw new RangeError("mine"); } })),
  synchronous: (KV) => { const found = []; for (const call of [() => KV.get(""), () => KV.get(), () => KV.put("a"), () => KV.list("x"), () => KV.get({ toString() { throw new RangeError("mine"); } }), () => KV.put("a", {}), () => KV.put("a", "b", 1)]) { try { call().catch(() => {}); found.push("rejects"); } catch { found.push("throws"); } } return found; },

  // With metadata
  withMetadata: async (KV, key) => { await KV.put(key, "x", { metadata: { a: 1 } }); return KV.getWithMetadata(key); },
  withMetadataKeys: async (KV, key) => { await KV.put(key, "x"); return Object.keys(await KV.getWithMetadata(key)); },
  withMetadataNone: async (KV, key) => { await KV.put(key, "x"); return KV.getWithMetadata(key); },
  withMetadataTypes: async (KV, key) => { await KV.put(key, "[1]", { metadata: "m" }); const json = await KV.getWithMetadata(key, "json"); const buffer = await KV.getWithMetadata(key, { type: "arrayBuffer" }); const stream = await KV.getWithMetadata(key, "stream"); return [json, hex(buffer.value), await new Response(stream.value).text(), stream.metadata]; },
  withMetadataEmpty: async (KV, key) => { await KV.put(key, ""); return KV.getWithMetadata(key); },

  // Many keys
  bulk: async (KV, key) => { await filled(KV, key, ["a", "b"]); return entries(await KV.get([`${key}b`, `${key}none`, `${key}a`])); },
  bulkText: async (KV, key) => { await filled(KV, key, ["a"]); return [entries(await KV.get([`${key}a`], "text")), entries(await KV.get([`${key}a`], { type: "text", cacheTtl: 60 }))]; },
  bulkJson: async (KV, key) => { await KV.put(key, '{"a":1}'); return entries(await KV.get([key, `${key}none`], "json")); },
  bulkJsonNull: async (KV, key) => { await KV.put(key, "null"); return [entries(await KV.get([key], "json")), entries(await KV.getWithMetadata([key], "json"))]; },
  bulkJsonBroken: async (KV, key) => { await KV.put(key, "{"); return told(() => KV.get([key], "json")); },
  bulkTypes: (KV, key) => Promise.all(["stream", "arrayBuffer", "nonsense", ""].map((type) => told(async () => entries(await KV.get([key], type))))),
  bulkNone: (KV) => told(() => KV.get([])),
  bulkMost: async (KV, key) => (await KV.get(Array.from({ length: 100 }, (_, index) => `${key}${index}`))).size,
  bulkTooMany: (KV, key) => told(() => KV.get(Array.from({ length: 101 }, (_, index) => `${key}${index}`))),
  bulkTypeFirst: (KV) => told(() => KV.get([], "stream")),
  bulkDuplicates: async (KV, key) => { await filled(KV, key, ["a"]); return entries(await KV.get([`${key}a`, `${key}a`])); },
  bulkEmptyKey: (KV, key) => told(() => KV.get([key, ""])),
  bulkLongKey: (KV) => told(() => KV.get(["k".repeat(513)])),
  bulkDotKey: (KV) => told(async () => entries(await KV.get(["."]))),
  bulkNumbers: async (KV) => { await KV.put("7", "seven"); return [entries(await KV.get(["7", "a7"])), entries(await KV.get([7]))]; },
  bulkStrange: (KV) => told(async () => entries(await KV.get([null, {}, true, 1.5]))),
  bulkHoles: (KV) => told(async () => entries(await KV.get([undefined]))),
  bulkIterable: (KV) => told(async () => KV.get(new Set(["a"]))),
  bulkCacheTtl: (KV, key) => told(() => KV.get([key], { cacheTtl: 1 })),
  bulkEmptyValue: async (KV, key) => { await KV.put(key, ""); return [entries(await KV.get([key])), (await told(async () => entries(await KV.get([key], "json"))))]; },
  bulkWith: async (KV, key) => { await KV.put(key, "x", { metadata: [1] }); await KV.put(`${key}2`, "y"); return entries(await KV.getWithMetadata([key, `${key}none`, `${key}2`])); },
  bulkWithJson: async (KV, key) => { await KV.put(key, "[2]", { metadata: [1] }); return entries(await KV.getWithMetadata([key], { type: "json" })); },
  bulkWithNone: (KV) => told(() => KV.getWithMetadata([])),
  bulkMark: async (KV, key) => { await KV.put(key, bytes(0xef, 0xbb, 0xbf, 0x61)); return (await KV.get([key])).get(key).length; },
  bulkLarge: async (KV, key) => { for (const name of ["a", "b", "c"]) await KV.put(`${key}${name}`, "v".repeat(9 * MIB)); const result = await told(async () => [...(await KV.get([`${key}a`, `${key}b`])).values()].map((value) => value.length)); const tooLarge = await told(() => KV.get([`${key}a`, `${key}b`, `${key}c`])); for (const name of ["a", "b", "c"]) await KV.delete(`${key}${name}`); return [result, tooLarge]; },

  // Values
  putGives: async (KV, key) => String(await KV.put(key, "x")),
  putNumber: (KV, key) => kept(KV, key, 42),
  putBoolean: (KV, key) => kept(KV, key, true),
  putBig: (KV, key) => kept(KV, key, 12n),
  putNull: (KV, key) => kept(KV, key, null),
  putUndefined: (KV, key) => kept(KV, key, undefined),
  putMissing: (KV, key) => told(() => KV.put(key)),
  putSymbol: (KV, key) => told(() => KV.put(key, Symbol("s"))),
  putObject: (KV, key) => told(() => KV.put(key, { a: 1 })),
  putArray: (KV, key) => told(() => KV.put(key, [1])),
  putBlob: (KV, key) => told(() => KV.put(key, new Blob(["x"]))),
  putStringObject: (KV, key) => told(() => KV.put(key, new String("x"))),
  putResponse: (KV, key) => told(() => KV.put(key, new Response("x"))),
  putParams: (KV, key) => told(() => KV.put(key, new URLSearchParams("a=b"))),
  putForm: (KV, key) => told(() => KV.put(key, new FormData())),
  putDate: (KV, key) => told(() => KV.put(key, new Date(0))),
  putFunction: (KV, key) => told(() => KV.put(key, () => {})),
  putBuffer: (KV, key) => keptBytes(KV, key, bytes(1, 2, 3).buffer),
  putView: (KV, key) => keptBytes(KV, key, bytes(1, 2, 3, 4).subarray(1, 3)),
  putDataView: (KV, key) => keptBytes(KV, key, new DataView(bytes(1, 2, 3, 4).buffer, 2)),
  putWords: (KV, key) => keptBytes(KV, key, new Uint16Array([1, 256])),
  putFloats: (KV, key) => keptBytes(KV, key, new Float32Array([1])),
  putEmptyBuffer: (KV, key) => keptBytes(KV, key, new ArrayBuffer(0)),
  putCopies: async (KV, key) => { const value = bytes(1, 2); const done = KV.put(key, value); value[0] = 9; await done; return hex(await KV.get(key, "arrayBuffer")); },
  putStream: (KV, key) => kept(KV, key, streamOf(new TextEncoder().encode("in "), new TextEncoder().encode("pieces"))),
  putStreamStrings: (KV, key) => kept(KV, key, streamOf("a", "b")),
  putStreamEmpty: (KV, key) => kept(KV, key, streamOf()),
  putStreamNumbers: (KV, key) => told(async () => { await KV.put(key, streamOf(1)); return KV.get(key); }),
  putStreamFails: async (KV, key) => { await KV.put(key, "before"); const result = await told(() => KV.put(key, new ReadableStream({ pull() { throw new RangeError("broke"); } }))); return [result, await KV.get(key)]; },
  putStreamLocked: (KV, key) => told(() => { const stream = streamOf("a"); stream.getReader(); return KV.put(key, stream); }),
  putStreamUsed: (KV, key) => told(async () => { const stream = streamOf("a"); await new Response(stream).text(); return KV.put(key, stream); }),
  putFixedLength: async (KV, key) => { const { readable, writable } = new FixedLengthStream(3); const writer = writable.getWriter(); writer.write(new TextEncoder().encode("abc")); writer.close(); return kept(KV, key, readable); },
  putResponseBody: (KV, key) => kept(KV, key, new Response("the body").body),
  putFromGet: async (KV, key) => { await KV.put(key, "copied"); return kept(KV, `${key}2`, await KV.get(key, "stream")); },
  putRequestBody: async (KV, key, { request }) => kept(KV, key, request.body),
  putReplaces: async (KV, key) => { await KV.put(key, "a", { metadata: 1, expirationTtl: 100 }); await KV.put(key, "b"); return [await KV.getWithMetadata(key), (await KV.list({ prefix: key })).keys]; },
  putMax: async (KV, key) => { await KV.put(key, "v".repeat(MAX)); const { length } = await KV.get(key); await KV.delete(key); return length; },
  putTooLong: (KV, key) => told(() => KV.put(key, "v".repeat(MAX + 1))),
  putTooLongBuffer: (KV, key) => told(() => KV.put(key, new Uint8Array(MAX + 5))),
  putTooLongStream: (KV, key) => told(() => { let left = 27; return KV.put(key, new ReadableStream({ pull(controller) { if (left-- === 0) controller.close(); else controller.enqueue(new Uint8Array(MIB)); } })); }),
  putMaxStream: async (KV, key) => { let left = 25; await KV.put(key, new ReadableStream({ pull(controller) { if (left-- === 0) controller.close(); else controller.enqueue(new Uint8Array(MIB).fill(left)); } })); const value = new Uint8Array(await KV.get(key, "arrayBuffer")); await KV.delete(key); return [value.length, value[0], value.at(-1)]; },
  putMediumSizes: async (KV, key) => { const found = []; for (const size of [1, 4095, 4096, 16384, 65535, 65536, 65537, 300_000]) { await KV.put(key, new Uint8Array(size).fill(7)); const value = new Uint8Array(await KV.get(key, "arrayBuffer")); found.push(value.length === size && value.every((byte) => byte === 7)); } return found; },

  // Expiry
  ttl: (KV, key) => lifetime(KV, key, { expirationTtl: 600 }),
  ttlMin: (KV, key) => lifetime(KV, key, { expirationTtl: 60 }),
  ttlString: (KV, key) => lifetime(KV, key, { expirationTtl: "60" }),
  ttlFraction: (KV, key) => lifetime(KV, key, { expirationTtl: 60.9 }),
  ttlUndefined: (KV, key) => lifetime(KV, key, { expirationTtl: undefined }),
  ttlZero: (KV, key) => lifetime(KV, key, { expirationTtl: 0 }),
  ttlNegative: (KV, key) => lifetime(KV, key, { expirationTtl: -5 }),
  ttlSmall: (KV, key) => lifetime(KV, key, { expirationTtl: 59 }),
  ttlNan: (KV, key) => lifetime(KV, key, { expirationTtl: NaN }),
  ttlNull: (KV, key) => lifetime(KV, key, { expirationTtl: null }),
  ttlWord: (KV, key) => lifetime(KV, key, { expirationTtl: "soon" }),
  ttlInfinite: (KV, key) => lifetime(KV, key, { expirationTtl: Infinity }),
  ttlHuge: (KV, key) => lifetime(KV, key, { expirationTtl: 2 ** 31 }),
  ttlMost: (KV, key) => lifetime(KV, key, { expirationTtl: 2 ** 31 - 1 }),
  ttlBig: (KV, key) => lifetime(KV, key, { expirationTtl: 60n }),
  expiration: (KV, key) => lifetime(KV, key, { expiration: seconds() + 600 }),
  expirationPast: (KV, key) => lifetime(KV, key, { expiration: 1000 }),
  expirationSoon: async (KV, key) => moment(await lifetime(KV, key, { expiration: seconds() + 30 })),
  expirationMilliseconds: (KV, key) => lifetime(KV, key, { expiration: Date.now() }),
  expirationZero: (KV, key) => lifetime(KV, key, { expiration: 0 }),
  expirationNull: (KV, key) => lifetime(KV, key, { expiration: null }),
  expirationString: (KV, key) => lifetime(KV, key, { expiration: String(seconds() + 600) }),
  expirationBoth: (KV, key) => lifetime(KV, key, { expiration: seconds() + 6000, expirationTtl: 600 }),
  expirationBothWrong: (KV, key) => lifetime(KV, key, { expiration: 1, expirationTtl: 600 }),
  expirationGone: async (KV, key) => { await KV.put(key, "x", { expirationTtl: 100 }); await KV.put(key, "x"); return (await KV.list({ prefix: key })).keys; },
  ttlThenLength: (KV, key) => told(() => KV.put("k".repeat(600), "v", { expirationTtl: 1 })),
  ttlThenMetadata: (KV, key) => told(() => KV.put(key, "v", { expirationTtl: 1, metadata: "m".repeat(2000) })),
  ttlThenValue: (KV, key) => told(() => KV.put(key, {}, { expirationTtl: 1 })),
  metadataThenSize: (KV, key) => told(() => KV.put(key, new Uint8Array(MAX + 1), { metadata: "m".repeat(2000) })),

  // Metadata
  metadataObject: (KV, key) => metadata(KV, key, { a: [1, { b: null }] }),
  metadataScalars: async (KV, key) => { const found = []; for (const value of [0, "", "s", true, false, 1.5, [], {}]) found.push(await metadata(KV, key, value)); return found; },
  metadataNull: (KV, key) => metadata(KV, key, null),
  metadataUndefined: (KV, key) => metadata(KV, key, undefined),
  metadataUnicode: (KV, key) => metadata(KV, key, { "é": "😀\n" }),
  metadataFunction: (KV, key) => metadata(KV, key, () => 1),
  metadataDate: (KV, key) => metadata(KV, key, new Date(0)),
  metadataMap: (KV, key) => metadata(KV, key, new Map([[1, 2]])),
  metadataBig: async (KV, key) => (await told(() => metadata(KV, key, 1n))).split?.(":")[0],
  metadataCircular: async (KV, key) => { const value = {}; value.self = value; return (await metadata(KV, key, value)).split(":")[0]; },
  metadataLongest: async (KV, key) => (await metadata(KV, key, "m".repeat(1022)))[0].length,
  metadataTooLong: (KV, key) => metadata(KV, key, "m".repeat(1023)),
  metadataBytes: (KV, key) => metadata(KV, key, "é".repeat(512)),
  metadataToJson: (KV, key) => metadata(KV, key, { toJSON: () => "from toJSON" }),
  metadataUndefinedMember: (KV, key) => metadata(KV, key, { a: undefined, b: 1 }),
  optionsNull: (KV, key) => kept(KV, key, "x", null),
  optionsNumber: (KV, key) => told(() => KV.put(key, "x", 5)),
  optionsString: (KV, key) => told(() => KV.put(key, "x", "ttl")),
  optionsArray: (KV, key) => kept(KV, key, "x", []),
  optionsFunction: (KV, key) => kept(KV, key, "x", () => {}),
  optionsOrderPut: async (KV, key) => { const seen = []; const watch = new Proxy({}, { get(_, name) { seen.push(String(name)); return undefined; } }); await KV.put(key, "x", watch); return seen; },

  // Delete
  delete: async (KV, key) => { await KV.put(key, "x"); const result = String(await KV.delete(key)); return [result, await KV.get(key), (await KV.list({ prefix: key })).keys]; },
  deleteMissing: async (KV, key) => String(await KV.delete(key)),
  deleteNumber: async (KV) => { await KV.put("9876", "x"); await KV.delete(9876); return KV.get("9876"); },

  // List
  list: async (KV, key) => { await filled(KV, key, ["b", "a", "c"]); return shape(await KV.list({ prefix: key }), key); },
  listEntry: async (KV, key) => { await KV.put(key, "x", { metadata: { m: 1 }, expirationTtl: 1000 }); const { keys: [entry] } = await KV.list({ prefix: key }); return [Object.keys(entry), entry.name, entry.metadata, typeof entry.expiration]; },
  listPlain: async (KV, key) => { await KV.put(key, "x"); return (await KV.list({ prefix: key })).keys; },
  listNothing: async (KV, key) => shape(await KV.list({ prefix: key }), key),
  listOrder: async (KV, key) => { await filled(KV, key, ["a", "Z", "é", "😀", "\ue000", "A", "1", "10", "2", "_"]); return names(await KV.list({ prefix: key }), key); },
  listPages: async (KV, key) => { await filled(KV, key, ["a", "b", "c", "d", "e"]); const found = []; let cursor; do { const page = await KV.list({ prefix: key, limit: 2, cursor }); found.push(shape(page, key)); cursor = page.cursor; } while (cursor); return found; },
  listExact: async (KV, key) => { await filled(KV, key, ["a", "b"]); return shape(await KV.list({ prefix: key, limit: 2 }), key); },
  listCursorType: async (KV, key) => { await filled(KV, key, ["a", "b"]); return typeof (await KV.list({ prefix: key, limit: 1 })).cursor; },
  listCursorDeleted: async (KV, key) => { await filled(KV, key, ["a", "b", "c"]); const { cursor } = await KV.list({ prefix: key, limit: 1 }); await KV.delete(`${key}a`); await KV.put(`${key}aa`, "x"); return names(await KV.list({ prefix: key, cursor }), key); },
  listCursorEmpty: async (KV, key) => { await filled(KV, key, ["a"]); return [names(await KV.list({ prefix: key, cursor: "" }), key), names(await KV.list({ prefix: key, cursor: null }), key), names(await KV.list({ prefix: key, cursor: undefined }), key)]; },
  listCursorUnicode: async (KV, key) => { await filled(KV, key, ["é", "😀", "z"]); const first = await KV.list({ prefix: key, limit: 1 }); const second = await KV.list({ prefix: key, limit: 1, cursor: first.cursor }); return [names(first, key), names(second, key), names(await KV.list({ prefix: key, cursor: second.cursor }), key)]; },
  listLimits: async (KV, key) => { await filled(KV, key, ["a", "b"]); const found = []; for (const limit of [0, -1, NaN, "1", 1.9, "x", null, undefined, 1000]) found.push(await told(async () => names(await KV.list({ prefix: key, limit }), key).length)); return found; },
  listLimitTooMany: (KV) => told(() => KV.list({ limit: 1001 })),
  listLimitHuge: (KV) => told(() => KV.list({ limit: 2 ** 31 })),
  listPrefixEmpty: async (KV, key) => { await KV.put(key, "x"); const has = async (options) => (await KV.list(options)).keys.length > 0; return [await has({ prefix: "" }), await has({ prefix: null }), await has({}), await has(), await has(null), await has(undefined)]; },
  listPrefixNumber: async (KV) => { await KV.put("555x", "x"); return names(await KV.list({ prefix: 555 }), ""); },
  listPrefixLong: (KV) => told(() => KV.list({ prefix: "p".repeat(513) })),
  listPrefixWild: async (KV, key) => { await filled(KV, key, ["%a", "_b", "*c", "d"]); return [names(await KV.list({ prefix: `${key}%` }), key), names(await KV.list({ prefix: `${key}_` }), key), names(await KV.list({ prefix: `${key}*` }), key)]; },
  listPrefixSelf: async (KV, key) => { await filled(KV, key, ["", "a"]); return names(await KV.list({ prefix: key }), key); },
  listPrefixHalf: async (KV, key) => { await filled(KV, key, ["é"]); return names(await KV.list({ prefix: `${key}\ud800` }), key); },
  listPrefixLast: async (KV, key) => { await filled(KV, key, ["\u{10ffff}a", "\u{10ffff}"]); return names(await KV.list({ prefix: `${key}\u{10ffff}` }), key); },
  listString: (KV) => told(() => KV.list("x")),
  listNumber: (KV) => told(() => KV.list(5)),
  listThousand: async (KV, key) => { await Promise.all(Array.from({ length: 1001 }, (_, index) => KV.put(`${key}${String(index).padStart(4, "0")}`, "x"))); const first = await KV.list({ prefix: key }); const rest = await KV.list({ prefix: key, cursor: first.cursor }); return [first.keys.length, first.list_complete, names(rest, key), rest.list_complete]; },
  listAfterPut: async (KV, key) => { const done = Promise.all(["a", "b", "c"].map((name) => KV.put(`${key}${name}`, name))); await done; return names(await KV.list({ prefix: key }), key); },

  // Together
  lastWins: async (KV, key) => { for (let index = 0; index < 20; index++) await KV.put(key, String(index)); return KV.get(key); },
  manyAtOnce: async (KV, key) => { await Promise.all(Array.from({ length: 50 }, (_, index) => KV.put(`${key}${index}`, String(index)))); const values = await Promise.all(Array.from({ length: 50 }, (_, index) => KV.get(`${key}${index}`))); return values.every((value, index) => value === String(index)); },
  readOwnWrite: async (KV, key) => { await KV.put(key, "a"); await KV.delete(key); await KV.put(key, "b"); return [await KV.get(key), await KV.delete(key), await KV.get(key)].map(String); },
  later: async (KV, key, context) => { context.waitUntil(KV.put(key, "from waitUntil")); return "answered"; },
};

/** What tests of earlier runs left behind. */
const cleared = async (KV, key) => {
  for (;;) {
    const { keys, list_complete } = await KV.list({ prefix: key });
    await Promise.all(keys.map(({ name }) => KV.delete(name)));
    if (list_complete) return;
  }
};

export async function onRequest(context) {
  const { name } = context.params;
  const { KV } = context.env;
  const key = `${name}:`;
  await cleared(KV, key);
  const result = await told(() => checks[name](KV, key, context));
  if (result instanceof Response) return result;
  return typeof result === "string" ? new Response(result) : Response.json(result);
}
