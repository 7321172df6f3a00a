// Operations that are tried while the module is evaluated, outside of any request.
import { attempt } from "./outcome.js";

const bytes = new Uint8Array(4);
const key = { name: "AES-GCM", length: 128 };

const operations = {
  "set-timeout": () => void setTimeout(() => {}, 1),
  "set-interval": () => void setInterval(() => {}, 1000),
  "random-values": () => void crypto.getRandomValues(bytes),
  "random-uuid": () => void crypto.randomUUID(),
  "abort-timeout": () => void AbortSignal.timeout(1000),
  "web-socket-pair": () => void new WebSocketPair(),
  "identity-stream": () => void new IdentityTransformStream(),
  "fixed-length-stream": () => void new FixedLengthStream(3),
  "compression-stream": () => void new CompressionStream("gzip"),
  "response-json": () => void Response.json({}),
  "response-text": () => new Response("x").text(),
  "response-array-buffer": () => new Response(bytes).arrayBuffer(),
  "response-body": () => void new Response("x").body,
  "request-text": () => new Request("http://host/", { method: "POST", body: "x" }).text(),
  "null-body-text": () => new Response(null).text(),
  "stream-body-text": () =>
    new Response(new ReadableStream({ start: (c) => (c.enqueue(bytes), c.close()) })).text(),
  fetch: () => fetch("http://127.0.0.1:1/"),
  "cache-match": () => caches.default.match("http://host/"),
  "scheduler-wait": () => scheduler.wait(1),
  "new-response": () => void new Response("x"),
  "response-clone": () => void new Response("x").clone(),
  "new-request": () => void new Request("http://host/", { method: "POST", body: "x" }),
  "readable-stream": () => void new ReadableStream(),
  "transform-stream": () => void new TransformStream(),
  "abort-controller": () => new AbortController().abort(),
  "message-channel": () => void new MessageChannel(),
  "structured-clone": () => void structuredClone({ a: new Map() }),
  digest: () => crypto.subtle.digest("SHA-256", bytes),
  "generate-key": () => crypto.subtle.generateKey(key, true, ["encrypt"]),
  "blob-text": () => new Blob(["x"]).text(),
  "queue-microtask": () => queueMicrotask(() => {}),
  "math-random": () => void Math.random(),
  "text-encoder": () => void new TextEncoder().encode("x"),
  "eval-text": () => void (0, eval)("1 + 1"),
  "new-function": () => void new Function("return 1"),
  "clear-timeout": () => clearTimeout(5),
};

export const outcomes = {};
for (const [name, run] of Object.entries(operations)) outcomes[name] = await attempt(run);

export const times = {
  now: Date.now(),
  performance: performance.now(),
  date: new Date().getTime(),
  text: new Date().toISOString(),
};
