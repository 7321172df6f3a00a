const told = async (action) => {
  try {
    const value = await action();
    return value === undefined ? "undefined" : value;
  } catch (error) {
    return `${error?.constructor?.name}: ${error?.message}`;
  }
};
const toldAll = (actions) => Promise.all(actions.map(told));
const hex = (buffer) => (buffer === undefined ? undefined : new Uint8Array(buffer).toHex?.() ?? [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
/** What changes from run to run is left out. */
const plain = (object) =>
  object === null
    ? null
    : {
        class: object.constructor.name,
        key: object.key,
        size: object.size,
        etag: object.etag,
        httpEtag: object.httpEtag,
        version: /^[0-9a-f]{32}$/.test(object.version),
        uploaded: object.uploaded instanceof Date && Math.abs(object.uploaded - Date.now()) < 60_000,
        httpMetadata: object.httpMetadata,
        customMetadata: object.customMetadata,
        checksums: object.checksums.toJSON(),
        range: object.range,
        storageClass: object.storageClass,
        ssecKeyMd5: object.ssecKeyMd5,
      };
/** An object named after what it holds. */
const given = async (bucket, key = "key", value = "0123456789", options = undefined) => bucket.put(key, value, options);
const text = async (object) => (object === null ? null : "body" in object ? object.text() : "no body");
const streamOf = (...chunks) => new ReadableStream({ start(controller) { for (const chunk of chunks) controller.enqueue(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk); controller.close(); } });
const fixed = (length, ...chunks) => { const { readable, writable } = new FixedLengthStream(length); streamOf(...chunks).pipeTo(writable).catch(() => {}); return readable; };
const names = ({ objects, delimitedPrefixes, truncated, cursor }) => ({ keys: objects.map(({ key }) => key), delimitedPrefixes, truncated, cursor });
const MIB = 1024 * 1024;
const part = (length, byte) => new Uint8Array(length).fill(byte);

const checks = {
  // The objects
  tag: (FILES) => [Object.prototype.toString.call(FILES), FILES.constructor.name, typeof FILES, JSON.stringify(FILES)],
  methods: (FILES) => Object.getOwnPropertyNames(Object.getPrototypeOf(FILES)),
  lengths: (FILES) => ["head", "get", "put", "createMultipartUpload", "resumeMultipartUpload", "delete", "list"].map((name) => FILES[name].length),
  clone: (FILES) => told(() => structuredClone(FILES)),
  construct: (FILES) => told(() => new FILES.constructor()),
  foreign: (FILES) => told(() => FILES.get.call({}, "key")),
  foreignThrows: (FILES) => { try { FILES.get.call({}, "key").catch(() => {}); return "a promise"; } catch { return "throws"; } },
  sameBucket: async (FILES, { env }) => { await given(FILES); return [await text(await env.SAME.get("key")), await env.OTHER.get("key")]; },
  headResult: async (FILES) => { const object = await given(FILES); return [object.constructor.name, Object.prototype.toString.call(object), Object.keys(object), JSON.parse(JSON.stringify(Object.keys(JSON.parse(JSON.stringify(object))))), Object.getOwnPropertyNames(Object.getPrototypeOf(object))]; },
  getResult: async (FILES) => { await given(FILES); const object = await FILES.get("key"); return [object.constructor.name, Object.prototype.toString.call(object), Object.keys(object), Object.getOwnPropertyNames(Object.getPrototypeOf(object)), Object.getPrototypeOf(Object.getPrototypeOf(object)).constructor.name]; },
  checksumsResult: async (FILES) => { const { checksums } = await given(FILES); return [checksums.constructor.name, Object.prototype.toString.call(checksums), Object.keys(checksums), checksums.md5 instanceof ArrayBuffer, hex(checksums.md5), String(checksums.sha1), JSON.stringify(checksums), checksums.md5 === checksums.md5]; },
  uploadResult: async (FILES) => { const upload = await FILES.createMultipartUpload("key"); return [upload.constructor.name, Object.prototype.toString.call(upload), Object.keys(upload), upload.key, typeof upload.uploadId, upload.uploadId.length > 20, Object.getOwnPropertyNames(Object.getPrototypeOf(upload))]; },
  readOnly: async (FILES) => { const object = await given(FILES); return told(() => { object.key = "x"; return object.key; }); },
  metadataCopies: async (FILES) => { const object = await given(FILES, "key", "v", { customMetadata: { a: "1" } }); object.customMetadata.a = "2"; return [object.customMetadata, object.customMetadata === object.customMetadata, object.httpMetadata === object.httpMetadata, object.uploaded === object.uploaded, object.checksums === object.checksums]; },
  cloneResult: async (FILES) => { const object = await given(FILES); return told(() => structuredClone(object)); },

  whenTold: (FILES) => {
    const when = (action) => { try { return action() instanceof Promise ? "later" : "a value"; } catch { return "at once"; } };
    const settled = (action) => when(() => { const result = action(); result.catch?.(() => {}); return result; });
    const upload = FILES.resumeMultipartUpload("key", "id");
    return [() => FILES.head(), () => FILES.get(), () => FILES.get("key", "x"), () => FILES.put(), () => FILES.put("key", 1), () => FILES.delete(), () => FILES.list("x"), () => FILES.createMultipartUpload(), () => FILES.resumeMultipartUpload(), () => upload.uploadPart(), () => upload.complete(), () => upload.abort.call({}), () => FILES.list.call({})].map(settled);
  },

  // head
  head: async (FILES) => { await given(FILES); return plain(await FILES.head("key")); },
  headNone: (FILES) => FILES.head("nothing"),
  headMissing: (FILES) => told(() => FILES.head()),
  headEmptyKey: async (FILES) => [await FILES.head(""), plain(await FILES.put("", "v")), plain(await FILES.head(""))],
  keyTypes: async (FILES) => { const keys = [123, null, true, undefined, { toString: () => "object" }]; for (const key of keys) await FILES.put(key, "v"); return names(await FILES.list()); },
  keySymbol: (FILES) => told(() => FILES.get(Symbol("s"))),
  keyCharacters: async (FILES) => { const keys = ["a/b", "a?b#c%20", "é😀", ".", "..", "a/../b", " ", "line\nfeed", "\u0001"]; for (const key of keys) await FILES.put(key, key); return Promise.all(keys.map(async (key) => [key, (await FILES.head(key)).key === key, (await text(await FILES.get(key))) === key])); },
  keySurrogate: async (FILES) => { await FILES.put("a\ud800b", "v"); return names(await FILES.list()); },
  keyLong: (FILES) => toldAll([
    async () => (await FILES.put("x".repeat(1024), "v")).key.length,
    () => FILES.put("x".repeat(1025), "v"),
    () => FILES.get("é".repeat(513)),
    () => FILES.head("x".repeat(1025)),
    () => FILES.delete("x".repeat(1025)),
    () => FILES.delete(["a", "x".repeat(1025)]),
    () => FILES.createMultipartUpload("x".repeat(1025)),
    () => FILES.resumeMultipartUpload("x".repeat(1025), "id").uploadPart(1, "v"),
    () => FILES.resumeMultipartUpload("x".repeat(1025), "id").complete([]),
    () => FILES.resumeMultipartUpload("x".repeat(1025), "id").abort(),
  ]),

  // Values
  putString: async (FILES) => [plain(await FILES.put("key", "é😀")), await text(await FILES.get("key"))],
  putSurrogate: async (FILES) => { const object = await FILES.put("key", "a\ud800b"); return [object.size, hex(await (await FILES.get("key")).arrayBuffer())]; },
  putEmpty: async (FILES) => [plain(await FILES.put("key", "")), await text(await FILES.get("key")), plain(await FILES.get("key"))],
  putNull: async (FILES) => [plain(await FILES.put("key", null)), plain(await FILES.put("key", undefined))],
  putBuffer: async (FILES) => { await FILES.put("key", new Uint8Array([1, 2, 3]).buffer); return hex(await (await FILES.get("key")).arrayBuffer()); },
  putView: async (FILES) => { const bytes = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]); const results = []; for (const view of [bytes.subarray(2, 4), new DataView(bytes.buffer, 1, 2), new Uint16Array(bytes.buffer, 2, 2), new Uint8Array(0)]) { await FILES.put("key", view); results.push(hex(await (await FILES.get("key")).arrayBuffer())); } return results; },
  putChangedLater: async (FILES) => { const bytes = new Uint8Array([1, 2, 3]); const put = FILES.put("key", bytes); bytes[0] = 9; await put; return hex(await (await FILES.get("key")).arrayBuffer()); },
  putBlob: async (FILES) => { await FILES.put("key", new Blob(["blob"], { type: "text/x" })); const object = await FILES.get("key"); return [await text(object), object.httpMetadata]; },
  putFile: async (FILES) => { await FILES.put("key", new File(["file"], "name.txt", { type: "text/x" })); return text(await FILES.get("key")); },
  putStreamUnknown: (FILES) => told(() => FILES.put("key", streamOf("a"))),
  putStreamFixed: async (FILES) => [plain(await FILES.put("key", fixed(6, "abc", "def"))), await text(await FILES.get("key"))],
  putStreamShort: (FILES) => told(() => FILES.put("key", fixed(6, "abc"))),
  putStreamLong: (FILES) => told(() => FILES.put("key", fixed(2, "abc"))),
  putResponse: async (FILES) => { await FILES.put("key", new Response("response").body); return text(await FILES.get("key")); },
  putRequest: async (FILES) => { await FILES.put("key", new Request("http://x", { method: "POST", body: "request" }).body); return text(await FILES.get("key")); },
  putObject: async (FILES) => { await given(FILES); await FILES.put("copy", (await FILES.get("key")).body); await FILES.put("part", (await FILES.get("key", { range: { offset: 2, length: 3 } })).body); return [await text(await FILES.get("copy")), await text(await FILES.get("part"))]; },
  putBlobStream: async (FILES) => { await FILES.put("key", new Blob(["blob"]).stream()); return text(await FILES.get("key")); },
  putDisturbed: (FILES) => told(async () => { const { body } = new Response("x"); const reader = body.getReader(); await reader.read(); reader.releaseLock(); return plain(await FILES.put("key", body)); }),
  putLocked: (FILES) => told(() => { const { body } = new Response("x"); body.getReader(); return FILES.put("key", body); }),
  putWrong: (FILES) => toldAll([() => FILES.put("key", 1), () => FILES.put("key", true), () => FILES.put("key", {}), () => FILES.put("key", []), () => FILES.put("key", new Date(0)), () => FILES.put("key", Symbol("s")), () => FILES.put("key", new Response("x")), () => FILES.put("key", new URLSearchParams("a=1")), () => FILES.put("key", 1n), () => FILES.put("key", new String("s"))]),
  putMissing: (FILES) => toldAll([() => FILES.put(), () => FILES.put("key")]),
  putOptionsWrong: (FILES) => toldAll([() => FILES.put("key", "v", "x"), () => FILES.put("key", "v", 1), async () => (await FILES.put("key", "v", null)).size, async () => (await FILES.put("key", "v", {})).size, async () => (await FILES.put("key", "v", [])).size, async () => (await FILES.put("key", "v", () => 1)).size]),
  putLarge: async (FILES) => { const value = new Uint8Array(3 * MIB); for (let i = 0; i < value.length; i += 4096) value[i] = i / 4096; const { etag, size } = await FILES.put("key", value); const back = new Uint8Array(await (await FILES.get("key")).arrayBuffer()); return [etag, size, back.length, back.every((byte, i) => byte === value[i])]; },
  putReplaces: async (FILES) => { await FILES.put("key", "one", { customMetadata: { a: "1" }, httpMetadata: { contentType: "text/a" } }); const first = await FILES.head("key"); await FILES.put("key", "two"); const second = await FILES.head("key"); return [plain(second), first.version === second.version, second.uploaded >= first.uploaded]; },
  putVersions: async (FILES) => { const put = await FILES.put("key", "v"); const head = await FILES.head("key"); const get = await FILES.get("key"); return [put.version === head.version, head.version === get.version, +put.uploaded === +head.uploaded]; },

  // Metadata
  httpMetadata: async (FILES) => { const put = await FILES.put("key", "v", { httpMetadata: { contentType: "text/x", contentLanguage: "de", contentDisposition: "inline", contentEncoding: "gzip", cacheControl: "no-store", cacheExpiry: new Date(1_000_000_000_123) } }); const head = await FILES.head("key"); return [put.httpMetadata, head.httpMetadata, head.httpMetadata.cacheExpiry instanceof Date]; },
  httpMetadataHeaders: async (FILES) => { const headers = new Headers({ "content-type": "text/x", "content-language": "de", "content-disposition": "inline", "content-encoding": "br", "cache-control": "max-age=1", expires: "Sun, 09 Sep 2001 01:46:40 GMT", "x-other": "1" }); const put = await FILES.put("key", "v", { httpMetadata: headers }); return [put.httpMetadata, (await FILES.head("key")).httpMetadata]; },
  httpMetadataBadExpires: (FILES) => told(async () => (await FILES.put("key", "v", { httpMetadata: new Headers({ expires: "never" }) })).httpMetadata),
  httpMetadataTypes: (FILES) => toldAll([
    async () => (await FILES.put("1", "v", { httpMetadata: { contentType: 5, cacheExpiry: 1000 } })).httpMetadata,
    async () => (await FILES.put("2", "v", { httpMetadata: { cacheExpiry: "2020-01-01" } })).httpMetadata,
    async () => (await FILES.put("3", "v", { httpMetadata: { contentType: null } })).httpMetadata,
    async () => (await FILES.put("4", "v", { httpMetadata: { contentType: undefined, other: "x" } })).httpMetadata,
    async () => (await FILES.put("5", "v", { httpMetadata: null })).httpMetadata,
    () => FILES.put("6", "v", { httpMetadata: "text/x" }),
    () => FILES.put("7", "v", { httpMetadata: { contentType: Symbol("s") } }),
    async () => (await FILES.put("8", "v", { httpMetadata: { cacheExpiry: new Date(NaN) } })).httpMetadata,
    async () => (await FILES.put("9", "v", { httpMetadata: { contentType: "" } })).httpMetadata,
    async () => (await FILES.put("a", "v", { httpMetadata: [] })).httpMetadata,
    async () => (await FILES.put("b", "v", { httpMetadata: { contentType: "é😀" } })).httpMetadata,
    async () => (await FILES.put("c", "v", { httpMetadata: { cacheExpiry: null } })).httpMetadata,
    async () => (await FILES.put("d", "v", { httpMetadata: { cacheExpiry: new Date(-1) } })).httpMetadata,
    async () => (await FILES.put("e", "v", { httpMetadata: { cacheExpiry: 1.9 } })).httpMetadata,
    async () => (await FILES.put("f", "v", { httpMetadata: { cacheExpiry: true } })).httpMetadata,
    async () => (await FILES.put("g", "v", { httpMetadata: new Map([["contentType", "x"]]) })).httpMetadata,
  ]),
  httpMetadataStored: async (FILES) => { const results = []; for (const value of [{ contentType: "" }, { contentType: "é😀" }, { cacheExpiry: new Date(0) }]) { await FILES.put("key", "v", { httpMetadata: value }); results.push((await FILES.head("key")).httpMetadata); } return results; },
  writeHttpMetadata: async (FILES) => { await FILES.put("key", "v", { httpMetadata: { contentType: "text/x", contentLanguage: "de", contentDisposition: "inline", contentEncoding: "gzip", cacheControl: "no-store", cacheExpiry: new Date(1_000_000_000_123) } }); const headers = new Headers({ "content-type": "old", etag: "kept" }); const object = await FILES.get("key"); const result = object.writeHttpMetadata(headers); return [String(result), [...headers]]; },
  writeHttpMetadataNone: async (FILES) => { await given(FILES); const headers = new Headers({ "content-type": "old" }); (await FILES.head("key")).writeHttpMetadata(headers); return [...headers]; },
  writeHttpMetadataWrong: async (FILES) => { const object = await given(FILES); return toldAll([() => object.writeHttpMetadata(), () => object.writeHttpMetadata({}), () => object.writeHttpMetadata(new Map())]); },
  writeHttpMetadataInvalid: async (FILES) => { const object = await FILES.put("key", "v", { httpMetadata: { contentType: "a\nb" } }); const headers = new Headers(); return told(() => { object.writeHttpMetadata(headers); return [...headers]; }); },
  writeHttpMetadataUnicode: async (FILES) => { const object = await FILES.put("key", "v", { httpMetadata: { contentDisposition: 'filename="é😀"' } }); const headers = new Headers(); return told(() => { object.writeHttpMetadata(headers); return [...headers]; }); },
  customMetadata: async (FILES) => { const put = await FILES.put("key", "v", { customMetadata: { a: "1", B: "é😀", "": "empty", c: "" } }); return [put.customMetadata, (await FILES.head("key")).customMetadata, (await FILES.get("key")).customMetadata]; },
  customMetadataTypes: (FILES) => toldAll([
    async () => (await FILES.put("1", "v", { customMetadata: { a: 1, b: null, c: true, d: undefined, e: {} } })).customMetadata,
    async () => (await FILES.put("2", "v", { customMetadata: null })).customMetadata,
    () => FILES.put("3", "v", { customMetadata: "text" }),
    async () => (await FILES.put("4", "v", { customMetadata: ["x", "y"] })).customMetadata,
    () => FILES.put("5", "v", { customMetadata: { a: Symbol("s") } }),
    async () => (await FILES.put("6", "v", { customMetadata: new Map([["a", "1"]]) })).customMetadata,
    async () => (await FILES.put("7", "v", { customMetadata: new Headers({ a: "1" }) })).customMetadata,
    async () => (await FILES.put("8", "v", { customMetadata: Object.create({ inherited: "1" }, { hidden: { value: "x" } }) })).customMetadata,
    async () => (await FILES.put("9", "v", { customMetadata: { 2: "b", 1: "a", z: "1", a: "2" } })).customMetadata,
    async () => Object.entries((await FILES.put("a", "v", { customMetadata: { ["__proto__"]: "p" } })).customMetadata),
    async () => (await FILES.put("b", "v", { customMetadata: 5 })).customMetadata,
  ]),
  customMetadataProto: async (FILES) => { await FILES.put("a", "v", { customMetadata: { ["__proto__"]: "p", 2: "b", z: "1", a: "2", "\ud800": "\udfff" } }); return Object.entries((await FILES.head("a")).customMetadata); },
  customMetadataLimit: (FILES) => toldAll([
    async () => (await FILES.put("1", "v", { customMetadata: { a: "x".repeat(8191) } })).size,
    () => FILES.put("2", "v", { customMetadata: { a: "x".repeat(8192) } }),
    async () => (await FILES.put("3", "v", { customMetadata: { a: "é".repeat(8191) } })).size,
    () => FILES.put("4", "v", { customMetadata: { a: "€".repeat(4096) } }),
    async () => (await FILES.put("5", "v", { customMetadata: { a: "€".repeat(4095) } })).size,
    () => FILES.createMultipartUpload("6", { customMetadata: { a: "x".repeat(8192) } }),
    async () => (await FILES.put("7", "v", { httpMetadata: { contentType: "x".repeat(9000) } })).size,
  ]),

  // Checksums
  hashes: async (FILES) => { const results = []; const bytes = new TextEncoder().encode("v"); for (const [option, name] of [["md5", "MD5"], ["sha1", "SHA-1"], ["sha256", "SHA-256"], ["sha384", "SHA-384"], ["sha512", "SHA-512"]]) { const digest = await crypto.subtle.digest(name, bytes); const one = await FILES.put("key", "v", { [option]: digest }); const two = await FILES.put("key", "v", { [option]: hex(digest) }); const head = await FILES.head("key"); results.push([option, one.checksums.toJSON(), two.checksums.toJSON(), head.checksums.toJSON(), hex(head.checksums[option])]); } return results; },
  hashUpper: async (FILES) => told(async () => (await FILES.put("key", "v", { md5: "9E3669D19B675BD57058FD4664205D2A" })).checksums.toJSON()),
  hashMismatch: (FILES) => toldAll([
    () => FILES.put("key", "v", { md5: "0".repeat(32) }),
    () => FILES.put("key", "v", { sha1: "0".repeat(40) }),
    () => FILES.put("key", "v", { sha256: "0".repeat(64) }),
    () => FILES.put("key", "v", { sha384: new Uint8Array(48) }),
    () => FILES.put("key", "v", { sha512: new Uint8Array(64).buffer }),
    () => FILES.head("key"),
  ]),
  hashWrong: (FILES) => toldAll([
    () => FILES.put("key", "v", { md5: "0" }),
    () => FILES.put("key", "v", { md5: "x".repeat(32) }),
    () => FILES.put("key", "v", { md5: new Uint8Array(15) }),
    () => FILES.put("key", "v", { sha1: "0" }),
    () => FILES.put("key", "v", { sha1: "x".repeat(40) }),
    () => FILES.put("key", "v", { sha1: new Uint8Array(15) }),
    () => FILES.put("key", "v", { sha256: "0" }),
    () => FILES.put("key", "v", { sha256: "x".repeat(64) }),
    () => FILES.put("key", "v", { sha256: new Uint8Array(15) }),
    () => FILES.put("key", "v", { sha384: "0" }),
    () => FILES.put("key", "v", { sha512: new DataView(new ArrayBuffer(3)) }),
    () => FILES.put("key", "v", { sha512: "é".repeat(64) }),
    () => FILES.put("key", "v", { md5: 5 }),
    async () => (await FILES.put("key", "v", { md5: null })).size,
    async () => (await FILES.put("key", "v", { md5: undefined })).size,
    () => FILES.put("key", "v", { md5: "0".repeat(32), sha1: "0".repeat(40) }),
    () => FILES.put("key", "v", { sha256: "0", sha512: "0" }),
  ]),

  // Storage class and keys of the customer
  storageClass: (FILES) => toldAll([
    async () => (await FILES.put("1", "v", { storageClass: "Standard" })).storageClass,
    async () => (await FILES.put("2", "v", { storageClass: "InfrequentAccess" })).storageClass,
    async () => (await FILES.put("3", "v", { storageClass: "Other" })).storageClass,
    async () => (await FILES.put("4", "v", { storageClass: null })).storageClass,
    async () => (await FILES.put("5", "v", { storageClass: 5 })).storageClass,
    () => FILES.put("6", "v", { storageClass: Symbol("s") }),
    async () => (await FILES.head("2")).storageClass,
    async () => typeof (await FILES.createMultipartUpload("2", { storageClass: "InfrequentAccess" })).uploadId,
  ]),
  ssec: async (FILES) => { const key = "0123456789abcdef".repeat(4); const put = await FILES.put("key", "v", { ssecKey: key }); return [plain(put), await told(async () => text(await FILES.get("key", { ssecKey: key }))), await told(async () => text(await FILES.get("key"))), await told(async () => text(await FILES.get("key", { ssecKey: "f".repeat(64) }))), await told(async () => plain(await FILES.head("key"))), await told(async () => (await FILES.put("b", "v", { ssecKey: new Uint8Array(32) })).size), await told(async () => (await FILES.put("b", "v", { ssecKey: new Uint8Array(32).buffer })).size)]; },
  ssecWrong: (FILES) => toldAll([
    () => FILES.put("key", "v", { ssecKey: "xyz" }),
    () => FILES.put("key", "v", { ssecKey: "abc" }),
    () => FILES.put("key", "v", { ssecKey: "" }),
    () => FILES.put("key", "v", { ssecKey: "A".repeat(64) }),
    () => FILES.put("key", "v", { ssecKey: new Uint8Array(31) }),
    () => FILES.put("key", "v", { ssecKey: 5 }),
    async () => (await FILES.put("key", "v", { ssecKey: null })).size,
    () => FILES.get("key", { ssecKey: "xyz" }),
    () => FILES.createMultipartUpload("key", { ssecKey: "xyz" }),
    async () => (await FILES.createMultipartUpload("key", { ssecKey: "a".repeat(64) })).uploadPart(1, "v", { ssecKey: "abc" }),
  ]),

  // get
  get: async (FILES) => { await given(FILES); const object = await FILES.get("key"); return [plain(object), await text(object), object.bodyUsed]; },
  getNone: (FILES) => FILES.get("nothing"),
  getMissing: (FILES) => told(() => FILES.get()),
  getReaders: async (FILES) => { await given(FILES, "key", '{"a":[1,"é"]}', { httpMetadata: { contentType: "application/json" } }); const read = async (how) => how(await FILES.get("key")); const blob = await read((object) => object.blob()); return [await read((object) => object.text()), await read((object) => object.json()), hex(await read((object) => object.arrayBuffer())), (await read((object) => object.bytes())).constructor.name, blob.type, await blob.text(), blob.constructor.name]; },
  getReadersEmpty: async (FILES) => { await given(FILES, "key", ""); const read = async (how) => told(async () => how(await FILES.get("key"))); const blob = await read((object) => object.blob()); return [await read((object) => object.text()), await read((object) => object.json()), hex(await read((object) => object.arrayBuffer())), blob.type, blob.size]; },
  getBodyTwice: async (FILES) => { await given(FILES); const object = await FILES.get("key"); const before = object.bodyUsed; await object.text(); return [before, object.bodyUsed, await told(() => object.text()), await told(() => object.arrayBuffer()), await told(() => object.json()), await told(() => object.blob()), await told(() => object.bytes())]; },
  getBodyStream: async (FILES) => { await given(FILES); const object = await FILES.get("key"); const same = object.body === object.body; const reader = object.body.getReader(); const locked = await told(() => object.text()); const { value, done } = await reader.read(); reader.releaseLock(); return [object.body.constructor.name, same, object.body.locked, locked, value.constructor.name, new TextDecoder().decode(value), done, object.bodyUsed]; },
  getBodyByob: async (FILES) => { await given(FILES); const reader = (await FILES.get("key")).body.getReader({ mode: "byob" }); const { value } = await reader.read(new Uint8Array(4)); return new TextDecoder().decode(value); },
  getBodyTee: async (FILES) => { await given(FILES); const [one, two] = (await FILES.get("key")).body.tee(); return [await new Response(one).text(), await new Response(two).text()]; },
  getBodyEmpty: async (FILES) => { await given(FILES, "key", ""); const { done } = await (await FILES.get("key")).body.getReader().read(); return done; },
  getBodySet: async (FILES) => { await given(FILES); const object = await FILES.get("key"); return told(() => { object.body = 1; return typeof object.body; }); },
  getBodyAfterDelete: async (FILES) => { await given(FILES, "key", part(300_000, 7)); const object = await FILES.get("key"); await FILES.delete("key"); return told(async () => (await object.arrayBuffer()).byteLength); },
  getBodyAfterPut: async (FILES) => { await given(FILES, "key", "before".repeat(60_000)); const object = await FILES.get("key"); await FILES.put("key", "after"); return told(async () => (await object.text()).slice(0, 6)); },
  getOptionsWrong: async (FILES) => { await given(FILES); return toldAll([() => FILES.get("key", "x"), () => FILES.get("key", 1), async () => text(await FILES.get("key", null)), async () => text(await FILES.get("key", {})), async () => text(await FILES.get("key", { range: undefined, onlyIf: undefined })), async () => text(await FILES.get("key", { range: null, onlyIf: null })), () => FILES.get("key", { range: "bytes=0-1" }), () => FILES.get("key", { onlyIf: "x" }), async () => text(await FILES.get("key", { range: {}, onlyIf: {} })), async () => text(await FILES.get("key", []))]); },

  // Ranges
  ranges: async (FILES) => { await given(FILES); return Promise.all([
    { offset: 2, length: 3 }, { offset: 2 }, { length: 3 }, { suffix: 3 }, { suffix: 100 }, { offset: 8, length: 100 }, { length: 100 }, { offset: 0 }, { offset: 9 }, { offset: "2", length: "3" }, { offset: null, length: 2 },
    { offset: 10 }, { offset: 10, length: 1 }, { offset: 11 }, { length: 0 }, { offset: 3, length: 0 }, { suffix: 0 }, { offset: -1 }, { length: -1 }, { suffix: -1 }, { offset: 1.5 }, { length: 1.5 }, { suffix: 1.5 }, { suffix: 1, offset: 1 }, { suffix: 1, length: 1 }, { offset: NaN }, { length: Infinity }, { offset: "x" }, { offset: 1e300 }, { offset: 1e15 }, { length: 1e15 },
  ].map((range) => told(async () => { const object = await FILES.get("key", { range }); return [object.range, object.size, await text(object)]; }))); },
  rangesEmpty: async (FILES) => { await given(FILES, "key", ""); return Promise.all([{ offset: 0 }, { offset: 0, length: 1 }, { suffix: 1 }, {}].map((range) => told(async () => { const object = await FILES.get("key", { range }); return [object.range, object.size, await text(object)]; }))); },
  rangeHeaders: async (FILES) => { await given(FILES); return Promise.all([
    "bytes=2-4", "bytes=2-", "bytes=-3", "bytes=0-0", "bytes=9-100", "bytes=-100", "bytes=0-1,3-4", "bytes=10-", "bytes=5-2", "bytes=-0", "bytes=x-y", "items=0-1", "bytes 0-1", "", "bytes=", "BYTES=1-2", " bytes = 1 - 2 ", "bytes=1-2,", "bytes=1-2,20-30", "bytes=-",
  ].map((range) => told(async () => { const object = await FILES.get("key", { range: new Headers({ range }) }); return [object.range, object.size, await text(object)]; }))); },
  rangeHeadersNone: async (FILES) => { await given(FILES); const object = await FILES.get("key", { range: new Headers() }); return [object.range, await text(object)]; },
  rangeLarge: async (FILES) => { const value = new Uint8Array(2 * MIB).map((_, i) => i >> 8); await FILES.put("key", value); const object = await FILES.get("key", { range: { offset: MIB - 3, length: 200_000 } }); const bytes = await object.bytes(); return [object.range, bytes.length, bytes.every((byte, i) => byte === value[MIB - 3 + i])]; },
  rangeOfNothing: (FILES) => told(() => FILES.get("nothing", { range: { offset: 100 } })),

  // Conditions
  conditions: async (FILES) => { const { etag, uploaded } = await given(FILES); const [before, after] = [new Date(+uploaded - 5000), new Date(+uploaded + 5000)]; return Promise.all([
    { etagMatches: etag }, { etagMatches: "other" }, { etagMatches: "*" }, { etagDoesNotMatch: etag }, { etagDoesNotMatch: "other" }, { etagDoesNotMatch: "*" },
    { uploadedBefore: after }, { uploadedBefore: before }, { uploadedBefore: uploaded }, { uploadedAfter: before }, { uploadedAfter: after }, { uploadedAfter: uploaded },
    { uploadedBefore: uploaded, secondsGranularity: true }, { uploadedAfter: uploaded, secondsGranularity: true }, { uploadedAfter: new Date(+uploaded - 1100), secondsGranularity: true },
    { etagMatches: etag, uploadedBefore: before }, { etagMatches: etag, uploadedAfter: after }, { etagDoesNotMatch: "other", uploadedAfter: after }, { etagDoesNotMatch: "other", uploadedBefore: before }, { etagMatches: "other", uploadedBefore: after },
    { etagMatches: etag, etagDoesNotMatch: etag }, { etagMatches: etag, etagDoesNotMatch: "other" }, {}, { uploadedBefore: +after }, { uploadedAfter: +before }, { secondsGranularity: 1 },
  ].map(async (onlyIf) => told(async () => { const object = await FILES.get("key", { onlyIf }); return [object.constructor.name, "body" in object, await text(object)]; }))); },
  conditionFails: async (FILES) => { await given(FILES, "key", "0123456789", { customMetadata: { a: "1" }, httpMetadata: { contentType: "t" } }); return [plain(await FILES.get("key", { onlyIf: { etagMatches: "other" } })), plain(await FILES.get("key", { onlyIf: { etagMatches: "other" }, range: { offset: 1, length: 2 } })), await FILES.get("nothing", { onlyIf: { etagMatches: "other" } })]; },
  conditionAndRange: async (FILES) => { const { etag } = await given(FILES); return toldAll([async () => text(await FILES.get("key", { onlyIf: { etagMatches: etag }, range: { offset: 1, length: 2 } })), async () => text(await FILES.get("key", { onlyIf: { etagMatches: "other" }, range: { offset: 100 } }))]); },
  conditionsWrong: async (FILES) => { const { httpEtag } = await given(FILES); return toldAll([
    () => FILES.get("key", { onlyIf: { etagMatches: httpEtag } }), () => FILES.get("key", { onlyIf: { etagDoesNotMatch: httpEtag } }), () => FILES.get("key", { onlyIf: { etagMatches: 5 } }), async () => text(await FILES.get("key", { onlyIf: { etagMatches: null } })), () => FILES.get("key", { onlyIf: { etagMatches: ["a"] } }), async () => text(await FILES.get("key", { onlyIf: { uploadedBefore: "2020" } })), async () => text(await FILES.get("key", { onlyIf: { uploadedBefore: new Date(NaN) } })), async () => text(await FILES.get("key", { onlyIf: { uploadedAfter: new Date(NaN) } })), async () => text(await FILES.get("key", { onlyIf: { etagMatches: '"' } })), async () => text(await FILES.get("key", { onlyIf: { etagMatches: "" } })), async () => text(await FILES.get("key", { onlyIf: { uploadedAfter: new Date(-1) } })), async () => text(await FILES.get("key", { onlyIf: { uploadedBefore: null } })), async () => text(await FILES.get("key", { onlyIf: { uploadedAfter: {} } })),
  ]); },
  conditionHeaders: async (FILES) => { const { etag, uploaded } = await given(FILES); const [before, after] = [new Date(+uploaded - 5000).toUTCString(), new Date(+uploaded + 5000).toUTCString()]; return Promise.all([
    { "if-match": `"${etag}"` }, { "if-match": '"other"' }, { "if-match": "*" }, { "if-match": `"other", "${etag}"` }, { "if-match": `W/"${etag}"` }, { "if-match": etag }, { "if-match": "" }, { "if-match": `"${etag}` }, { "if-match": `"a" "b"` }, { "if-match": `"a" *` }, { "if-match": `"a" W/"b"` }, { "if-match": "W/x" }, { "if-match": `, ,"${etag}",` }, { "if-match": `"a", *` },
    { "if-none-match": `"${etag}"` }, { "if-none-match": '"other"' }, { "if-none-match": "*" }, { "if-none-match": `W/"${etag}"` }, { "if-none-match": etag }, { "if-none-match": `"other",W/"${etag}"` },
    { "if-modified-since": before }, { "if-modified-since": after }, { "if-unmodified-since": before }, { "if-unmodified-since": after }, { "if-modified-since": uploaded.toUTCString() }, { "if-unmodified-since": uploaded.toUTCString() }, { "if-modified-since": "garbage" }, { "if-unmodified-since": "garbage" },
    { "if-none-match": '"other"', "if-modified-since": after }, { "if-match": `"${etag}"`, "if-unmodified-since": before }, { "x-other": "1" },
  ].map(async (headers) => told(async () => { const object = await FILES.get("key", { onlyIf: new Headers(headers) }); return "body" in object; }))); },
  putConditions: async (FILES) => { const { etag, uploaded } = await given(FILES, "key", "first"); const [before, after] = [new Date(+uploaded - 5000), new Date(+uploaded + 60000)]; const results = []; for (const onlyIf of [{ etagMatches: "other" }, { etagDoesNotMatch: etag }, { etagDoesNotMatch: "*" }, { uploadedBefore: before }, { uploadedAfter: after }]) { results.push([await FILES.put("key", "second", { onlyIf }), await text(await FILES.get("key"))]); } for (const onlyIf of [{ etagMatches: etag }, { etagDoesNotMatch: "other" }, { uploadedBefore: after }, { uploadedAfter: before }, { etagMatches: "*" }, {}]) { results.push([plain(await FILES.put("key", "first", { onlyIf })).etag, await text(await FILES.get("key"))]); } return results; },
  putConditionsNone: async (FILES) => { const results = []; for (const onlyIf of [{ etagMatches: "x" }, { etagMatches: "*" }, { etagDoesNotMatch: "x" }, { etagDoesNotMatch: "*" }, { uploadedBefore: new Date(0) }, { uploadedAfter: new Date(0) }, { etagMatches: "x", etagDoesNotMatch: "x" }, new Headers({ "if-none-match": "*" }), new Headers({ "if-match": '"x"' }), new Headers({ "if-modified-since": "Sun, 09 Sep 2001 01:46:40 GMT" })]) { results.push((await FILES.put("key", "v", { onlyIf })) !== null); await FILES.delete("key"); } return results; },
  putConditionHash: async (FILES) => { await given(FILES); return toldAll([() => FILES.put("key", "v", { onlyIf: { etagMatches: "other" }, md5: "0".repeat(32) }), () => FILES.put("key", "v", { onlyIf: { etagMatches: "other" }, customMetadata: { a: "x".repeat(9000) } })]); },
  putCreateOnce: async (FILES) => { const results = await Promise.all(Array.from({ length: 8 }, (_, i) => FILES.put("key", `v${i}`, { onlyIf: { etagDoesNotMatch: "*" } }))); return results.filter((result) => result !== null).length; },
  putConditionStream: async (FILES) => { await given(FILES); return [await FILES.put("key", fixed(3, "abc"), { onlyIf: { etagMatches: "other" } }), await text(await FILES.get("key"))]; },

  // delete
  delete: async (FILES) => { await given(FILES); return [String(await FILES.delete("key")), await FILES.get("key"), String(await FILES.delete("key"))]; },
  deleteMany: async (FILES) => { for (const key of ["a", "b", "c"]) await FILES.put(key, key); const result = await FILES.delete(["a", "c", "nothing", "a"]); return [String(result), names(await FILES.list()), String(await FILES.delete([]))]; },
  deleteTypes: async (FILES) => { for (const key of ["1", "null", "undefined", "true", "[object Object]"]) await FILES.put(key, key); return [...(await toldAll([() => FILES.delete(), () => FILES.delete(Symbol("s")), () => FILES.delete(["a", Symbol("s")])])), ...(await Promise.all([1, null, undefined, true, {}].map((key) => told(() => FILES.delete(key))))), await told(() => FILES.delete([1, {}])), await told(() => FILES.delete(new Set(["true"]))), names(await FILES.list())]; },
  deleteThousand: async (FILES) => told(() => FILES.delete(Array.from({ length: 1001 }, (_, i) => `k${i}`))),

  // list
  list: async (FILES) => { for (const key of ["b", "a", "é", "😀", "\ue000", "A", "a/b", "a/c", "ab"]) await FILES.put(key, key); return names(await FILES.list()); },
  listEmpty: (FILES) => FILES.list(),
  listKeys: async (FILES) => { await given(FILES); const result = await FILES.list(); return [Object.keys(result), result.constructor.name, plain(result.objects[0])]; },
  listPages: async (FILES) => { for (let i = 0; i < 7; i++) await FILES.put(`k${i}`, "v"); const pages = []; let cursor; do { const page = await FILES.list({ limit: 3, cursor }); pages.push(names(page)); pages.push(Object.keys(page)); cursor = page.truncated ? page.cursor : undefined; } while (cursor !== undefined); return pages; },
  listExact: async (FILES) => { for (let i = 0; i < 3; i++) await FILES.put(`k${i}`, "v"); return names(await FILES.list({ limit: 3 })); },
  listLimits: async (FILES) => { await given(FILES); return toldAll([1, 1000, 0, 1001, -1, 1.9, "2", "x", NaN, null, undefined, 2 ** 31, Infinity, true].map((limit) => async () => (await FILES.list({ limit })).objects.length)); },
  listPrefix: async (FILES) => { for (const key of ["a", "a/1", "a/2", "a%", "a_", "A/1", "b"]) await FILES.put(key, "v"); return Promise.all(["a", "a/", "", "A", "%", "a%", "a_", "zzz", "é"].map(async (prefix) => names(await FILES.list({ prefix })).keys)); },
  listDelimiter: async (FILES) => { for (const key of ["a", "a/1", "a/2", "a/b/1", "a/b/2", "b/1", "b//1", "c", "/x"]) await FILES.put(key, "v"); return Promise.all([{ delimiter: "/" }, { delimiter: "/", prefix: "a/" }, { delimiter: "/", prefix: "a" }, { delimiter: "//" }, { delimiter: "" }, { delimiter: "b/" }, { delimiter: "/", prefix: "b/" }, { delimiter: "/", prefix: "zzz" }].map(async (options) => names(await FILES.list(options)))); },
  listDelimiterPages: async (FILES) => { for (const key of ["a", "b/1", "b/2", "c", "d/1", "d/2", "d/3", "e"]) await FILES.put(key, "v"); const pages = []; let cursor; do { const page = await FILES.list({ limit: 2, delimiter: "/", cursor }); pages.push(names(page)); cursor = page.truncated ? page.cursor : undefined; } while (cursor !== undefined); return pages; },
  listStartAfter: async (FILES) => { for (const key of ["a", "b", "b/1", "c", "d"]) await FILES.put(key, "v"); return Promise.all([{ startAfter: "b" }, { startAfter: "bb" }, { startAfter: "" }, { startAfter: "z" }, { startAfter: "a", delimiter: "/" }, { startAfter: "b", prefix: "b" }, { startAfter: "c", cursor: btoa("a") }, { startAfter: "a", cursor: btoa("c") }].map(async (options) => names(await FILES.list(options)).keys)); },
  listCursor: async (FILES) => { for (const key of ["a", "b", "c"]) await FILES.put(key, "v"); return toldAll(["", btoa("a"), "garbage!", "YQ", btoa("zzz")].map((cursor) => async () => names(await FILES.list({ cursor })).keys)); },
  listInclude: async (FILES) => { await FILES.put("key", "v", { httpMetadata: { contentType: "t" }, customMetadata: { a: "1" }, sha1: "7a38d8cbd20d9932ba948efaa364bb62651d5ad4" }); return Promise.all([undefined, [], ["httpMetadata"], ["customMetadata"], ["customMetadata", "httpMetadata"]].map(async (include) => { const [object] = (await FILES.list({ include })).objects; return [object.constructor.name, String(object.httpMetadata?.contentType), object.httpMetadata, object.customMetadata, object.checksums.toJSON(), await told(() => { const headers = new Headers(); object.writeHttpMetadata(headers); return [...headers]; })]; })); },
  listIncludeNothing: async (FILES) => { await given(FILES); const { objects: [object] } = await FILES.list({ include: ["httpMetadata", "customMetadata"] }); return [object.httpMetadata, object.customMetadata]; },
  listNoOptions: async (FILES) => { await FILES.put("key", "v", { httpMetadata: { contentType: "t" }, customMetadata: { a: "1" } }); const { objects: [object] } = await FILES.list(); return [String(object.httpMetadata), String(object.customMetadata), object.range === undefined]; },
  listIncludeMany: async (FILES) => { for (let i = 0; i < 105; i++) await FILES.put(`k${String(i).padStart(3, "0")}`, "v"); const { objects, truncated } = await FILES.list({ include: ["httpMetadata"] }); return [objects.length, truncated, (await FILES.list()).objects.length]; },
  listWrong: async (FILES) => toldAll([() => FILES.list("x"), () => FILES.list(1), async () => (await FILES.list(null)).objects.length, async () => (await FILES.list([])).objects.length, () => FILES.list({ prefix: 1 }), () => FILES.list({ delimiter: 1 }), () => FILES.list({ cursor: 1 }), () => FILES.list({ startAfter: 1 }), () => FILES.list({ include: "httpMetadata" }), () => FILES.list({ include: ["x"] }), () => FILES.list({ include: [1] }), async () => (await FILES.list({ prefix: null })).objects.length, async () => (await FILES.list({ include: null })).objects.length, async () => (await FILES.list({ prefix: undefined, cursor: undefined, delimiter: undefined })).objects.length]),
  listSurrogate: async (FILES) => { await FILES.put("a\ufffdb", "v"); return names(await FILES.list({ prefix: "a\ud800" })); },

  // Multipart uploads
  multipart: async (FILES) => { const upload = await FILES.createMultipartUpload("key", { httpMetadata: { contentType: "text/x" }, customMetadata: { a: "1" } }); const one = await upload.uploadPart(1, part(5 * MIB, 1)); const two = await upload.uploadPart(2, "end"); const before = await FILES.head("key"); const object = await upload.complete([one, two]); const got = await FILES.get("key"); const bytes = await got.bytes(); return [Object.keys(one), one.partNumber, typeof one.etag, before, plain(object), plain(got), bytes.length, bytes[0], bytes.at(5 * MIB - 1), new TextDecoder().decode(bytes.subarray(5 * MIB))]; },
  multipartRange: async (FILES) => { const upload = await FILES.createMultipartUpload("key"); const parts = await Promise.all([upload.uploadPart(1, part(5 * MIB, 1)), upload.uploadPart(2, part(5 * MIB, 2)), upload.uploadPart(3, "three")]); await upload.complete(parts); return Promise.all([{ offset: 5 * MIB - 2, length: 4 }, { offset: 10 * MIB, length: 2 }, { suffix: 7 }, { offset: 5 * MIB, length: 1 }, { offset: 5 * MIB - 1, length: 5 * MIB + 2 }].map(async (range) => { const object = await FILES.get("key", { range }); const bytes = await object.bytes(); return [object.range, bytes.length, [...bytes.subarray(0, 8)], [...bytes.subarray(-3)]]; })); },
  multipartOne: async (FILES) => { const upload = await FILES.createMultipartUpload("key"); const object = await upload.complete([await upload.uploadPart(7, "only")]); return [plain(object), await text(await FILES.get("key")), plain(await FILES.head("key"))]; },
  multipartNone: async (FILES) => { const upload = await FILES.createMultipartUpload("key"); return [plain(await upload.complete([])), await told(async () => plain(await FILES.head("key"))), await told(async () => text(await FILES.get("key")))]; },
  multipartSmall: async (FILES) => { const upload = await FILES.createMultipartUpload("key"); const parts = [await upload.uploadPart(1, "a"), await upload.uploadPart(2, "b")]; return told(() => upload.complete(parts)); },
  multipartUneven: async (FILES) => { const upload = await FILES.createMultipartUpload("key"); const parts = [await upload.uploadPart(1, part(5 * MIB, 1)), await upload.uploadPart(2, part(5 * MIB + 1, 2)), await upload.uploadPart(3, "b")]; return told(() => upload.complete(parts)); },
  multipartLastLarger: async (FILES) => { const upload = await FILES.createMultipartUpload("key"); const parts = [await upload.uploadPart(1, part(5 * MIB, 1)), await upload.uploadPart(2, part(5 * MIB + 1, 2))]; return told(() => upload.complete(parts)); },
  multipartOrder: async (FILES) => { const upload = await FILES.createMultipartUpload("key"); const two = await upload.uploadPart(2, "end"); const one = await upload.uploadPart(1, part(5 * MIB, 1)); return [await told(() => upload.complete([two, one])), await told(async () => (await upload.complete([one, two])).etag)]; },
  multipartOrderLarge: async (FILES) => { const upload = await FILES.createMultipartUpload("key"); const two = await upload.uploadPart(2, part(5 * MIB, 2)); const one = await upload.uploadPart(1, part(5 * MIB, 1)); return told(async () => [(await upload.complete([two, one])).etag, (await (await FILES.get("key")).bytes())[0]]); },
  multipartReplaced: async (FILES) => { const upload = await FILES.createMultipartUpload("key"); const first = await upload.uploadPart(1, "first"); const second = await upload.uploadPart(1, "second"); return [first.etag === second.etag, await told(() => upload.complete([first])), await told(async () => plain(await upload.complete([second])).etag), await text(await FILES.get("key"))]; },
  multipartUnused: async (FILES) => { const upload = await FILES.createMultipartUpload("key"); await upload.uploadPart(1, "unused"); const two = await upload.uploadPart(2, "used"); return [plain(await upload.complete([two])).etag, await text(await FILES.get("key"))]; },
  multipartDuplicates: async (FILES) => { const upload = await FILES.createMultipartUpload("key"); const one = await upload.uploadPart(1, "v"); return told(() => upload.complete([one, one])); },
  multipartUnknownPart: async (FILES) => { const upload = await FILES.createMultipartUpload("key"); return toldAll([() => upload.complete([{ partNumber: 1, etag: "x" }])]); },
  multipartNumbers: async (FILES) => { const upload = await FILES.createMultipartUpload("key"); return toldAll([0, -1, 10001, 10000, 1.9, "3", "x", null, undefined, NaN, Infinity, 2 ** 32].map((number) => async () => (await upload.uploadPart(number, "v")).partNumber)); },
  multipartValues: async (FILES) => { const upload = await FILES.createMultipartUpload("key"); return [...(await toldAll([() => upload.uploadPart(), () => upload.uploadPart(1), () => upload.uploadPart(1, null), () => upload.uploadPart(1, undefined), () => upload.uploadPart(1, 5), () => upload.uploadPart(1, {}), () => upload.uploadPart(1, streamOf("x")), () => upload.uploadPart(1, "v", "x")])), ...(await toldAll([["s"], [new Uint8Array([1])], [new Uint8Array([1]).buffer], [new Blob(["b"])], [fixed(1, "f")], [new Response("r").body], ["", {}], ["", null]].map((values) => async () => typeof (await upload.uploadPart(1, ...values)).etag)))]; },
  multipartCompleteWrong: async (FILES) => { const upload = await FILES.createMultipartUpload("key"); return toldAll([() => upload.complete(), () => upload.complete("x"), () => upload.complete([1]), () => upload.complete([{}]), () => upload.complete([{ partNumber: 1 }]), () => upload.complete([{ etag: "x" }]), () => upload.complete([{ partNumber: 0, etag: "x" }]), () => upload.complete([{ partNumber: 10001, etag: "x" }]), () => upload.complete([{ partNumber: "x", etag: "x" }]), () => upload.complete(null), () => upload.complete([null])]); },
  multipartOptionsWrong: (FILES) => toldAll([() => FILES.createMultipartUpload(), () => FILES.createMultipartUpload("key", "x"), async () => typeof (await FILES.createMultipartUpload("key", null)).uploadId, () => FILES.createMultipartUpload("key", { httpMetadata: "x" }), () => FILES.createMultipartUpload("key", { customMetadata: "x" })]),
  multipartHeaders: async (FILES) => { const upload = await FILES.createMultipartUpload("key", { httpMetadata: new Headers({ "content-type": "text/h", expires: "Sun, 09 Sep 2001 01:46:40 GMT" }) }); const object = await upload.complete([await upload.uploadPart(1, "v")]); return [object.httpMetadata, (await FILES.head("key")).httpMetadata]; },
  multipartAbort: async (FILES) => { const upload = await FILES.createMultipartUpload("key"); const one = await upload.uploadPart(1, "v"); return [String(await upload.abort()), String(await upload.abort()), await told(() => upload.uploadPart(2, "v")), await told(() => upload.complete([one])), await FILES.head("key")]; },
  multipartAfterComplete: async (FILES) => { const upload = await FILES.createMultipartUpload("key"); const one = await upload.uploadPart(1, "v"); await upload.complete([one]); return [await told(() => upload.uploadPart(2, "v")), await told(() => upload.complete([one])), String(await told(() => upload.abort())), await text(await FILES.get("key"))]; },
  multipartResume: async (FILES) => { const { key, uploadId } = await FILES.createMultipartUpload("key"); const upload = FILES.resumeMultipartUpload(key, uploadId); const object = await upload.complete([await upload.uploadPart(1, "resumed")]); return [upload.key, upload.uploadId === uploadId, plain(object).etag, await text(await FILES.get("key"))]; },
  multipartResumeUnknown: async (FILES) => { const upload = FILES.resumeMultipartUpload("key", "unknown"); return [upload.constructor.name, upload.key, upload.uploadId, ...(await toldAll([() => upload.uploadPart(1, "v"), () => upload.complete([]), () => upload.abort()]))]; },
  multipartResumeOtherKey: async (FILES) => { const { uploadId } = await FILES.createMultipartUpload("key"); const upload = FILES.resumeMultipartUpload("other", uploadId); return toldAll([() => upload.uploadPart(1, "v"), () => upload.complete([]), () => upload.abort()]); },
  multipartResumeOtherBucket: async (FILES, { env }) => { const { uploadId } = await FILES.createMultipartUpload("key"); return toldAll([() => env.OTHER.resumeMultipartUpload("key", uploadId).uploadPart(1, "v")]); },
  multipartResumeWrong: (FILES) => toldAll([() => FILES.resumeMultipartUpload(), () => FILES.resumeMultipartUpload("key"), () => FILES.resumeMultipartUpload(1, 2).uploadId, () => FILES.resumeMultipartUpload(Symbol("s"), "x")]),
  multipartResumeThrows: (FILES) => { try { FILES.resumeMultipartUpload(); return "no"; } catch { return "yes"; } },
  multipartReplaces: async (FILES) => { await given(FILES, "key", "old"); const upload = await FILES.createMultipartUpload("key"); const one = await upload.uploadPart(1, "new"); const before = await text(await FILES.get("key")); await upload.complete([one]); const after = await text(await FILES.get("key")); await FILES.put("key", "newest"); return [before, after, await text(await FILES.get("key"))]; },
  multipartOverMultipart: async (FILES) => { const results = []; for (const value of ["one", "two"]) { const upload = await FILES.createMultipartUpload("key"); await upload.complete([await upload.uploadPart(1, value)]); results.push(await text(await FILES.get("key"))); } await FILES.delete("key"); results.push(await FILES.get("key")); return results; },
  multipartConditions: async (FILES) => { const upload = await FILES.createMultipartUpload("key"); const { etag } = await upload.complete([await upload.uploadPart(1, "v")]); return [await text(await FILES.get("key", { onlyIf: { etagMatches: etag } })), await FILES.put("key", "x", { onlyIf: { etagDoesNotMatch: etag } })]; },
  multipartParallel: async (FILES) => { const uploads = await Promise.all([FILES.createMultipartUpload("key"), FILES.createMultipartUpload("key")]); const parts = await Promise.all(uploads.map((upload, i) => upload.uploadPart(1, `v${i}`))); await uploads[1].complete([parts[1]]); const first = await text(await FILES.get("key")); await uploads[0].complete([parts[0]]); return [first, await text(await FILES.get("key"))]; },
  multipartFixedStream: async (FILES) => { const upload = await FILES.createMultipartUpload("key"); const one = await upload.uploadPart(1, fixed(5 * MIB, part(3 * MIB, 1), part(2 * MIB, 2))); const object = await upload.complete([one]); return [object.size, object.etag]; },

  // Answers
  answer: async (FILES) => { await FILES.put("key", "0123456789", { httpMetadata: { contentType: "text/x" } }); const object = await FILES.get("key"); const headers = new Headers({ etag: object.httpEtag }); object.writeHttpMetadata(headers); return new Response(object.body, { headers }); },
  answerRange: async (FILES, { request }) => { await given(FILES); const object = await FILES.get("key", { range: request.headers, onlyIf: request.headers }); if (!("body" in object)) return new Response(null, { status: 304 }); const { offset, length } = object.range; return new Response(object.body, { status: 206, headers: { "content-range": `bytes ${offset}-${offset + length - 1}/${object.size}` } }); },
  answerLarge: async (FILES) => { await FILES.put("key", part(2 * MIB, 65)); return new Response((await FILES.get("key")).body); },
  upload: async (FILES, { request }) => { const object = await FILES.put("key", request.body, { httpMetadata: request.headers }); return [plain(object), await text(await FILES.get("key"))]; },
};

/** What earlier checks left behind. */
const clear = async (bucket) => {
  for (;;) {
    const { objects, truncated } = await bucket.list();
    await bucket.delete(objects.map(({ key }) => key));
    if (!truncated) return;
  }
};

export async function onRequest(context) {
  const { FILES, OTHER } = context.env;
  await clear(FILES);
  await clear(OTHER);
  const result = await told(() => checks[context.params.name](FILES, context));
  if (result instanceof Response) return result;
  return typeof result === "string" ? new Response(result) : Response.json(result);
}
