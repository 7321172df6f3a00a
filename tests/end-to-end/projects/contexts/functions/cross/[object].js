// `GET ?make` creates an object in one request; `GET` uses it in another.
import { attempt } from "../../source/outcome.js";

const bytes = () => new TextEncoder().encode("abc");
const scripted = () => new ReadableStream({ pull: (c) => (c.enqueue(bytes()), c.close()) });

const objects = {
  response: [() => new Response("abc"), (r) => r.text()],
  "response-bytes": [() => new Response(bytes()), (r) => r.arrayBuffer()],
  "response-json": [() => Response.json({}), (r) => r.json()],
  "response-stream": [() => new Response("abc").body, (s) => s.getReader().read()],
  "response-blob": [() => new Response(new Blob(["abc"])), (r) => r.text()],
  "response-null": [() => new Response(null), (r) => r.text()],
  "response-clone": [() => new Response("abc"), (r) => void r.clone()],
  "response-headers": [() => new Response("abc", { headers: { a: "b" } }), (r) => void r.headers.get("a")],
  "response-scripted": [() => new Response(scripted()), (r) => r.text()],
  "request-new": [() => new Request("http://host/", { method: "POST", body: "abc" }), (r) => r.text()],
  "request-arrived": [({ request }) => request, (r) => r.text()],
  "request-arrived-stream": [({ request }) => request.body, (s) => s.getReader().read()],
  "request-arrived-url": [({ request }) => request, (r) => void `${r.url}${r.headers.get("host")}`],
  fetched: [({ request }) => fetch(new URL("/large", request.url)), (r) => r.text()],
  "fetched-status": [({ request }) => fetch(new URL("/large", request.url)), (r) => void r.status],
  identity: [() => new IdentityTransformStream(), (s) => s.writable.getWriter().write(bytes())],
  "identity-readable": [() => new IdentityTransformStream(), (s) => s.readable.getReader().read()],
  transform: [() => new TransformStream(), (s) => void s.writable.getWriter().write("a")],
  scripted: [scripted, (s) => s.getReader().read()],
  blob: [() => new Blob(["abc"]), (b) => b.text()],
  form: [() => new FormData(), (f) => f.append("a", "b")],
  controller: [() => new AbortController(), (c) => c.abort()],
  timer: [() => setTimeout(() => {}, 10), (id) => clearTimeout(id)],
  "wait-until": [({ waitUntil }) => waitUntil, (waitUntil) => waitUntil(Promise.resolve())],
  env: [({ env }) => env, (env) => void env.PLAIN],
  "promise-settled": [() => Promise.resolve(1), (promise) => promise],
  returned: [() => new Response("abc"), () => null],
};

const made = {};

export async function onRequest(context) {
  const name = context.params.object;
  const [make, use] = objects[name];
  if (new URL(context.request.url).search === "?make") {
    made[name] = await make(context);
    return new Response("made");
  }
  if (name === "returned") return made[name];
  return new Response(await attempt(() => use(made[name])));
}
