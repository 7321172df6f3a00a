const tell = (action) => {
  try {
    return action();
  } catch (error) {
    return `${error.name}`;
  }
};
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const later = (time, value) => new Promise((resolve) => setTimeout(resolve, time, value));

const checks = {
  url: () => {
    const url = new URL("../c?x=1#h", "https://user:pa%20ss@Exämple.com:443/a/b/");
    url.searchParams.append("y", "a b&c");
    return { href: url.href, origin: url.origin, host: url.host, port: url.port, username: url.username, password: url.password, pathname: url.pathname, search: url.search, hash: url.hash };
  },
  urlErrors: () => [tell(() => new URL("nothing")), tell(() => new URL("http://")), URL.canParse("http://a"), URL.canParse("x"), URL.parse("x")],
  urlSetters: () => {
    const url = new URL("http://a.example/x");
    url.protocol = "https";
    url.host = "b.example:8443";
    url.pathname = "/ü/../y z";
    url.hash = "é";
    url.port = "443";
    return url.href;
  },
  searchParams: () => {
    const params = new URLSearchParams("?a=1&b=2&a=3&c=%F0%9F%98%80&d+e=f+g&=empty&flag");
    params.sort();
    params.delete("b");
    params.set("flag", "on");
    return { all: params.getAll("a"), text: params.toString(), size: params.size, has: params.has("a", "3"), entries: [...params] };
  },
  headers: () => {
    const headers = new Headers([["B", "2"], ["a", " 1 "], ["b", "3"]]);
    headers.append("Set-Cookie", "x=1");
    headers.append("Set-Cookie", "y=2");
    headers.set("C", "3");
    headers.delete("c");
    return { entries: [...headers], b: headers.get("B"), cookies: headers.getSetCookie(), has: headers.has("A"), missing: headers.get("nope") };
  },
  headerErrors: () => [tell(() => new Headers({ "a b": "c" })), tell(() => new Headers({ a: "x\0y" })), tell(() => new Headers([["a"]]))],
  request: () => {
    const request = new Request("https://example.com/a?b#c", { method: "post", headers: { "X-A": "1" }, body: "text" });
    const copy = new Request(request, { headers: { "x-b": "2" } });
    return { method: request.method, url: request.url, redirect: request.redirect, copied: [...copy.headers], used: request.bodyUsed, type: copy.headers.get("content-type") };
  },
  requestErrors: () => [tell(() => new Request("/relative")), tell(() => new Request("http://a", { method: "GET", body: "x" })), tell(() => new Request("http://a", { method: "in valid" }))],
  responses: async () => {
    const json = Response.json({ a: 1 }, { status: 202 });
    const error = tell(() => Response.error().type);
    const copy = json.clone();
    return { status: json.status, ok: json.ok, type: json.headers.get("content-type"), body: await copy.json(), used: [json.bodyUsed, copy.bodyUsed], error };
  },
  forms: async () => {
    const form = new FormData();
    form.append("a", "1");
    form.append("a", "2");
    form.set("file", new File(["content"], "n.txt", { type: "text/plain" }));
    form.append("blob", new Blob(["b"]), "renamed.bin");
    const response = new Response(form);
    const boundary = /boundary=/.test(response.headers.get("content-type"));
    const back = await response.formData();
    const file = back.get("file");
    return { boundary, all: back.getAll("a"), file: [file.name, file.type, file.size, await file.text()], blob: back.get("blob").name, keys: [...back.keys()] };
  },
  blobs: async () => {
    const blob = new Blob(["héllo", new Uint8Array([33]), new Blob(["!"])], { type: "Text/Plain" });
    const slice = blob.slice(1, -2, "x/y");
    return { size: blob.size, type: blob.type, text: await blob.text(), slice: [slice.size, slice.type, await slice.text()], bytes: [...(await blob.bytes())].length };
  },
  encoding: () => ({
    encoded: [...encoder.encode("é€😀")],
    into: encoder.encodeInto("é€", new Uint8Array(4)),
    decoded: decoder.decode(new Uint8Array([0xef, 0xbb, 0xbf, 0x68, 0xff, 0xc3])),
    fatal: tell(() => new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([0xff]))),
    latin: new TextDecoder("latin1").decode(new Uint8Array([0x80, 0xe9])),
    utf16: new TextDecoder("utf-16le").decode(new Uint8Array([0x61, 0x00, 0xac, 0x20])),
    unknown: tell(() => new TextDecoder("nonsense")),
  }),
  base64: () => ({ btoa: btoa("h\u00e9"), atob: atob(" aGk = "), bad: tell(() => atob("a")), beyond: tell(() => btoa("€")) }),
  digests: async () => {
    const text = encoder.encode("text");
    const out = {};
    for (const name of ["SHA-1", "SHA-256", "SHA-384", "SHA-512"]) out[name] = hex(await crypto.subtle.digest(name, text));
    return out;
  },
  hmac: async () => {
    const key = await crypto.subtle.importKey("raw", encoder.encode("key"), { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
    const signature = await crypto.subtle.sign("HMAC", key, encoder.encode("text"));
    return { signature: hex(signature), good: await crypto.subtle.verify("HMAC", key, signature, encoder.encode("text")), bad: await crypto.subtle.verify("HMAC", key, signature, encoder.encode("Text")) };
  },
  random: () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return { length: bytes.length, zero: bytes.every((byte) => byte === 0), uuid: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()), tooMany: tell(() => crypto.getRandomValues(new Uint8Array(65537))), floats: tell(() => crypto.getRandomValues(new Float64Array(1))) };
  },
  streams: async () => {
    const upper = new TransformStream({ transform: (piece, controller) => controller.enqueue(piece.toUpperCase()), flush: (controller) => controller.enqueue("!") });
    const source = new ReadableStream({ start(controller) { controller.enqueue("a"); controller.enqueue("b"); controller.close(); } });
    const pieces = [];
    for await (const piece of source.pipeThrough(upper)) pieces.push(piece);
    const [one, two] = new Response("teed").body.tee();
    return { pieces, teed: [await new Response(one).text(), await new Response(two).text()], from: await Array.fromAsync(ReadableStream.from([1, 2])) };
  },
  byteStreams: async () => {
    const stream = new ReadableStream({ type: "bytes", pull(controller) { controller.enqueue(new Uint8Array([1, 2, 3])); controller.close(); } });
    const reader = stream.getReader({ mode: "byob" });
    const first = await reader.read(new Uint8Array(2));
    const second = await reader.read(new Uint8Array(2));
    return { first: [...first.value], second: [...second.value], done: (await reader.read(new Uint8Array(1))).done };
  },
  textStreams: async () => {
    const { readable, writable } = new TextDecoderStream();
    const writer = writable.getWriter();
    const bytes = encoder.encode("é€");
    const written = writer.write(bytes.slice(0, 1)).then(() => writer.write(bytes.slice(1))).then(() => writer.close());
    let text = "";
    for await (const piece of readable) text += piece;
    await written;
    return text;
  },
  abort: async () => {
    const controller = new AbortController();
    const seen = [];
    controller.signal.addEventListener("abort", (event) => seen.push(event.type), { once: true });
    controller.abort();
    const timeout = AbortSignal.timeout(5);
    await later(30);
    return { seen, aborted: controller.signal.aborted, reason: controller.signal.reason.name, timeout: timeout.reason?.name, any: AbortSignal.any([timeout]).aborted, thrown: tell(() => controller.signal.throwIfAborted()) };
  },
  events: () => {
    const target = new EventTarget();
    const seen = [];
    const listener = { handleEvent: (event) => seen.push(event.type) };
    target.addEventListener("a", listener);
    target.addEventListener("a", listener);
    target.addEventListener("a", (event) => event.preventDefault());
    const kept = target.dispatchEvent(new Event("a", { cancelable: true }));
    target.removeEventListener("a", listener);
    target.dispatchEvent(new CustomEvent("a", { detail: 5 }));
    return { seen, kept };
  },
  order: async () => {
    const seen = [];
    setTimeout(() => seen.push("timer"), 0);
    queueMicrotask(() => seen.push("microtask"));
    Promise.resolve().then(() => seen.push("promise"));
    seen.push("now");
    await later(20);
    return seen;
  },
  timers: async () => {
    let ticks = 0;
    const interval = setInterval(() => ticks++, 2);
    const cancelled = setTimeout(() => (ticks = 1000), 5);
    clearTimeout(cancelled);
    await later(60);
    clearInterval(interval);
    const counted = ticks;
    await later(20);
    return { ran: counted > 2 && counted < 1000, stopped: ticks === counted };
  },
  clone: () => {
    const original = { date: new Date(0), map: new Map([[1, { a: 1 }]]), set: new Set([1]), bytes: new Uint8Array([1]), big: 10n, re: /x/gi, error: new RangeError("r") };
    original.self = original;
    const copy = structuredClone(original);
    return { cyclic: copy.self === copy, date: copy.date.getTime(), map: copy.map.get(1), set: copy.set.has(1), bytes: [...copy.bytes], big: String(copy.big), re: String(copy.re), error: copy.error.name, fails: tell(() => structuredClone(() => {})), symbol: tell(() => structuredClone(Symbol("s"))) };
  },
  classes: () => [Request, Response, Headers, URL, Blob, FormData, ReadableStream, AbortSignal, Event, TextDecoder].map((Class) => [Class.name, Object.prototype.toString.call(Class.prototype), tell(() => Class())]),
  receivers: () => [tell(() => Headers.prototype.get.call({}, "a")), tell(() => URLSearchParams.prototype.append.call({}, "a", "b")), tell(() => Object.getOwnPropertyDescriptor(URL.prototype, "href").get.call({}))].map(String),
  time: () => ({ now: typeof performance.now(), origin: typeof performance.timeOrigin, date: Date.now() > 1.7e12 }),
  international: () => ({ number: new Intl.NumberFormat("de-DE").format(1234567.5), date: new Date(0).toISOString(), compare: ["ä", "z", "a"].sort(new Intl.Collator("de").compare), upper: "straße".toUpperCase(), normal: "e\u0301".normalize("NFC").length }),
  exceptions: () => {
    const error = new DOMException("message", "AbortError");
    return { name: error.name, code: error.code, isError: error instanceof Error, text: String(error), abort: DOMException.ABORT_ERR };
  },
};

export const onRequest = async ({ params }) => {
  const check = checks[params.name];
  return check ? Response.json(await check()) : new Response("no such check", { status: 404 });
};
