import { respond } from "../../source/outcome.js";

const text = async (promise) => (await promise).text();
const all = async (promise) => {
  const response = await promise;
  return [response.status, response.statusText, response.url, response.redirected, [...response.headers], await response.text()];
};

const tests = {
  echo: ({ env }) => text(env.PLAIN.fetch("https://any.example:8080/echo?q=1#fragment", { method: "POST", body: "text", headers: { "x-one": "1", "X-Two": "2" } })),
  get: ({ env }) => text(env.PLAIN.fetch("http://plain/echo")),
  names: ({ env }) => text(env.PLAIN.fetch("http://plain/names")),
  "names-body": ({ env }) => text(env.PLAIN.fetch("http://plain/names", { method: "POST", body: "abc" })),
  cf: ({ env }) => text(env.PLAIN.fetch("http://plain/echo", { cf: { a: 1, b: { c: "d" } } })),
  request: ({ env }) => text(env.PLAIN.fetch(new Request("http://plain/echo", { method: "PUT", body: new Uint8Array([65, 66]) }))),
  "request-init": ({ env }) => text(env.PLAIN.fetch(new Request("http://plain/echo"), { method: "DELETE" })),
  "stream-body": async ({ env }) => {
    const response = await env.PLAIN.fetch("http://plain/raw", { method: "POST", body: new Blob(["a stream"]).stream() });
    return [response.headers.get("x-length"), await response.text()];
  },
  "empty-request-body": ({ env }) => text(env.PLAIN.fetch("http://plain/names", { method: "POST", body: "" })),
  "no-request-body": ({ env }) => text(env.PLAIN.fetch("http://plain/names", { method: "POST" })),
  "identity-body": async ({ env }) => {
    const { readable, writable } = new IdentityTransformStream();
    const response = env.PLAIN.fetch("http://plain/raw", { method: "POST", body: readable });
    const writer = writable.getWriter();
    await writer.write(new TextEncoder().encode("piece by piece"));
    await writer.close();
    return [(await response).headers.get("x-length"), await (await response).text()];
  },
  relative: ({ env }) => text(env.PLAIN.fetch("/relative")),
  ftp: ({ env }) => text(env.PLAIN.fetch("ftp://plain/x")),
  "no-arguments": ({ env }) => text(env.PLAIN.fetch()),
  null: ({ env }) => all(env.PLAIN.fetch("http://plain/null")),
  "null-body": async ({ env }) => (await env.PLAIN.fetch("http://plain/null")).body === null,
  "empty-body": async ({ env }) => (await env.PLAIN.fetch("http://plain/empty")).body === null,
  "nothing-body": async ({ env }) => (await env.PLAIN.fetch("http://plain/nothing")).body === null,
  status: ({ env }) => all(env.PLAIN.fetch("http://plain/status")),
  headers: ({ env }) => all(env.PLAIN.fetch("http://plain/headers")),
  "response-shape": async ({ env }) => {
    const response = await env.PLAIN.fetch("http://plain/status");
    try {
      response.headers.set("x-new", "1");
      return "mutable";
    } catch (error) {
      return error.message;
    }
  },
  redirect: ({ env }) => all(env.PLAIN.fetch("http://plain/redirect")),
  "redirect-manual": ({ env }) => all(env.PLAIN.fetch("http://plain/redirect", { redirect: "manual" })),
  "redirect-relative": ({ env }) => all(env.PLAIN.fetch("http://plain/relative")),
  "redirect-post-302": ({ env }) => all(env.PLAIN.fetch("http://plain/redirect?status=302", { method: "POST", body: "b" })),
  "redirect-put-302": ({ env }) => all(env.PLAIN.fetch("http://plain/redirect?status=302", { method: "PUT", body: "b" })),
  "redirect-post-303": ({ env }) => all(env.PLAIN.fetch("http://plain/redirect?status=303", { method: "POST", body: "b" })),
  "redirect-post-307": ({ env }) => all(env.PLAIN.fetch("http://plain/redirect?status=307", { method: "POST", body: "b" })),
  "redirect-stream-307": ({ env }) => all(env.PLAIN.fetch("http://plain/redirect?status=307", { method: "POST", body: new Blob(["b"]).stream() })),
  "redirect-loop": ({ env }) => all(env.PLAIN.fetch("http://plain/loop")),
  throw: ({ env }) => env.PLAIN.fetch("http://plain/throw"),
  "throw-custom": ({ env }) => env.PLAIN.fetch("http://plain/throw-custom"),
  "throw-text": ({ env }) => env.PLAIN.fetch("http://plain/throw-text"),
  "throw-object": ({ env }) => env.PLAIN.fetch("http://plain/throw-object"),
  "no-response": ({ env }) => env.PLAIN.fetch("http://plain/no-response"),
  undefined: ({ env }) => env.PLAIN.fetch("http://plain/undefined"),
  hang: ({ env }) => env.PLAIN.fetch("http://plain/hang"),
  gzip: async ({ env }) => {
    const response = await env.PLAIN.fetch("http://plain/gzip");
    return [response.headers.get("content-encoding"), await response.text()];
  },
  stream: ({ env }) => text(env.PLAIN.fetch("http://plain/stream")),
  "wait-until": async ({ env }) => {
    const before = Number(await text(env.PLAIN.fetch("http://plain/seen")));
    await text(env.PLAIN.fetch("http://plain/wait"));
    await scheduler.wait(60);
    return Number(await text(env.PLAIN.fetch("http://plain/seen"))) - before;
  },
  context: ({ env }) => text(env.PLAIN.fetch("http://plain/context")),
  missing: ({ env }) => all(env.MISSING.fetch("http://missing/")),
  class: ({ env }) => text(env.CALLS.fetch("http://calls/path")),
  "no-handler": ({ env }) => text(env.NAMED.fetch("http://calls/path")),
  clone: ({ env }) => text(env.PLAIN.fetch("http://plain/clone", { method: "POST", body: "twice" })),
  signal: ({ env }) => text(env.PLAIN.fetch("http://plain/signal")),
  aborted: ({ env }) => text(env.PLAIN.fetch("http://plain/", { signal: AbortSignal.abort() })),
  "aborted-later": ({ env }) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("enough")), 10);
    return text(env.PLAIN.fetch("http://plain/hang", { signal: controller.signal }));
  },
  socket: async ({ env }) => {
    const response = await env.PLAIN.fetch("http://plain/socket", { headers: { upgrade: "websocket" } });
    const socket = response.webSocket;
    socket.accept();
    const lines = [response.status];
    const closed = new Promise((resolve) => socket.addEventListener("close", ({ code, reason }) => resolve(`closed ${code} ${reason}`)));
    socket.addEventListener("message", ({ data }) => {
      lines.push(data);
      socket.send("close");
    });
    socket.send("hi");
    lines.push(await closed);
    return lines;
  },
  "unasked-socket": ({ env }) => env.PLAIN.fetch("http://plain/unasked-socket"),
  "detached-method": ({ env }) => {
    const { fetch } = env.PLAIN;
    return fetch("http://plain/x");
  },
  assets: async ({ env }) => (await env.ASSETS.fetch("http://any/")).status,
  "init-fetcher": ({ env }) => text(fetch("http://any/fetcher", { fetcher: env.PLAIN })),
  head: ({ env }) => all(env.PLAIN.fetch("http://plain/status", { method: "HEAD" })),
  "forwarded-cf": async ({ env, request }) => JSON.parse(await text(env.PLAIN.fetch("http://plain/echo", request))).cf.httpProtocol,
  "long-body": async ({ env }) => (await text(env.PLAIN.fetch("http://plain/raw", { method: "POST", body: "x".repeat(300_000) }))).length,
};

export const onRequest = (context) => respond(tests, context);
