// A program of one module: what it is called with, what the assets give it, how it fails.
import { shown } from "./imported.js";
import note from "./note.txt";

const count = { requests: 0 };

const tests = {
  arguments: (request, env, ctx, ...more) =>
    Response.json({
      more: more.length,
      request: request instanceof Request,
      env: Object.keys(env).sort(),
      text: env.TEXT,
      ctx: typeof ctx.waitUntil,
      pass: typeof ctx.passThroughOnException,
      props: ctx.props,
    }),
  receiver(request) {
    return Response.json({ tag: Object.prototype.toString.call(request), note: note.trim() });
  },
  async echo(request) {
    const { method, url } = request;
    return Response.json({ method, path: new URL(url).pathname, query: new URL(url).search, text: await request.text(), own: request.headers.get("x-own") });
  },
  asset: (request, env) => env.ASSETS.fetch(request),
  "asset-string": async (request, env) => shown(await env.ASSETS.fetch(new URL("/page", request.url).href)),
  "asset-url": async (request, env) => shown(await env.ASSETS.fetch(new URL("/page.html", request.url))),
  "asset-manual": async (request, env) => shown(await env.ASSETS.fetch(new Request(new URL("/page.html", request.url), { redirect: "manual" }))),
  "asset-other-host": async (request, env) => shown(await env.ASSETS.fetch("http://assets.local/file.txt")),
  "asset-relative": async (request, env) => shown(await env.ASSETS.fetch("/file.txt")),
  "asset-missing": async (request, env) => shown(await env.ASSETS.fetch("http://x/none")),
  "asset-own-source": async (request, env) => shown(await env.ASSETS.fetch("http://x/_worker.js")),
  "asset-post": async (request, env) => shown(await env.ASSETS.fetch("http://x/file.txt", { method: "POST", body: "x" })),
  "asset-head": async (request, env) => shown(await env.ASSETS.fetch("http://x/file.txt", { method: "HEAD" })),
  "asset-redirected": async (request, env) => shown(await env.ASSETS.fetch("http://x/old")),
  async "asset-changed"(request, env) {
    const response = new Response((await env.ASSETS.fetch(new URL("/page", request.url))).body);
    response.headers.set("x-changed", "yes");
    return response;
  },
  async "asset-immutable"(request, env) {
    const response = await env.ASSETS.fetch("http://x/file.txt");
    response.headers.set("x", "y");
    return response;
  },
  async "asset-not-modified"(request, env) {
    const first = await env.ASSETS.fetch("http://x/file.txt");
    return shown(await env.ASSETS.fetch("http://x/file.txt", { headers: { "if-none-match": first.headers.get("etag") } }));
  },
  "asset-kinds": (request, env) => Response.json([String(env.ASSETS), typeof env.ASSETS.connect, typeof env.ASSETS.fetch]),
  nothing: () => undefined,
  text: () => "text",
  throws: () => {
    throw new Error("thrown");
  },
  rejects: () => Promise.reject(new TypeError("rejected")),
  passes(request, env, ctx) {
    ctx.passThroughOnException();
    throw new Error("passed");
  },
  hangs: () => new Promise(() => {}),
  status: () => new Response(null, { status: 204, headers: { "x-a": "1" } }),
  cookies() {
    const headers = new Headers([["set-cookie", "a=1"], ["set-cookie", "b=2"]]);
    return new Response("c", { headers });
  },
  redirect: (request) => Response.redirect(new URL("/page", request.url), 301),
  stream: () => {
    const { readable, writable } = new TransformStream();
    const writer = writable.getWriter();
    writer.write(new TextEncoder().encode("one ")).then(() => writer.write(new TextEncoder().encode("two"))).then(() => writer.close());
    return new Response(readable);
  },
  count: () => Response.json(++count.requests > 0),
  cf: (request) => Response.json([typeof request.cf, request.redirect, request.signal.aborted]),
};

export default {
  async fetch(request, env, ctx, ...more) {
    const path = new URL(request.url).pathname;
    const test = tests[path.split("/")[2] ?? ""];
    if (path.startsWith("/t/") && test !== undefined) return test(request, env, ctx, ...more);
    if (path === "/this") return Response.json(Object.keys(this));
    return env.ASSETS.fetch(request);
  },
  scheduled() {},
};

export class Exported {}
