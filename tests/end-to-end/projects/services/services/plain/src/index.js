let seen = 0;

export default {
  async fetch(request, env, ctx) {
    const url = new URL(request.url);
    switch (url.pathname) {
      case "/echo": {
        const headers = Object.fromEntries([...request.headers].filter(([name]) => name.startsWith("x-") || name === "host" || name.startsWith("content")));
        return Response.json({ method: request.method, url: request.url, headers, body: await request.text(), cf: request.cf ?? "none" });
      }
      case "/names":
        return Response.json([...request.headers.keys()]);
      case "/raw":
        return new Response(request.body, { headers: { "x-length": `${request.headers.get("content-length")}` } });
      case "/null":
        return new Response(null, { status: 204 });
      case "/empty":
        return new Response("");
      case "/nothing":
        return new Response(null);
      case "/status":
        return new Response("teapot", { status: 418, statusText: "I am one", headers: { "x-one": "1" } });
      case "/headers": {
        const headers = new Headers({ "x-one": "1" });
        headers.append("set-cookie", "a=1");
        headers.append("set-cookie", "b=2");
        headers.append("content-length", "3");
        return new Response("abc", { headers });
      }
      case "/redirect":
        return Response.redirect(`https://elsewhere.example/echo?from=redirect`, Number(url.searchParams.get("status") ?? 302));
      case "/relative":
        return new Response(null, { status: 302, headers: { location: "/echo?relative" } });
      case "/loop":
        return new Response(null, { status: 302, headers: { location: "/loop" } });
      case "/throw":
        throw new TypeError("it went wrong");
      case "/throw-custom": {
        const error = new RangeError("custom", { cause: "a reason" });
        error.code = 42;
        throw error;
      }
      case "/throw-text":
        throw "only text";
      case "/throw-object":
        throw { a: 1 };
      case "/no-response":
        return "no response";
      case "/undefined":
        return undefined;
      case "/gzip":
        return new Response("squeezed", { headers: { "content-encoding": "gzip" } });
      case "/stream": {
        const { readable, writable } = new TransformStream();
        const writer = writable.getWriter();
        ctx.waitUntil(
          (async () => {
            for (const word of ["one ", "two ", "three"]) await writer.write(new TextEncoder().encode(word));
            await writer.close();
          })(),
        );
        return new Response(readable);
      }
      case "/wait":
        ctx.waitUntil(
          (async () => {
            await scheduler.wait(20);
            seen++;
          })(),
        );
        return new Response("waiting");
      case "/seen":
        return new Response(`${seen}`);
      case "/context":
        return Response.json({
          tag: String(ctx),
          props: ctx.props,
          own: Object.getOwnPropertyNames(ctx).sort(),
          env: Object.keys(env),
          exports: typeof ctx.exports,
        });
      case "/hang":
        await new Promise(() => {});
        break;
      case "/socket": {
        const [client, server] = Object.values(new WebSocketPair());
        server.accept();
        server.addEventListener("message", ({ data }) => {
          if (data === "close") server.close(4000, "asked");
          else server.send(`echo ${data}`);
        });
        return new Response(null, { status: 101, webSocket: client });
      }
      case "/unasked-socket": {
        const [client, server] = Object.values(new WebSocketPair());
        server.accept();
        return new Response(null, { status: 101, webSocket: client });
      }
      case "/clone":
        return new Response(`${await request.clone().text()} ${await request.text()}`);
      case "/signal":
        return new Response(`${request.signal?.aborted} ${request.redirect}`);
      default:
        return new Response(`plain ${url.pathname}`);
    }
  },
  async add(pair, env, ctx) {
    return `${JSON.stringify(pair)} ${Object.keys(env).length} ${ctx}`;
  },
  async two(a, b) {
    return `${a} ${b}`;
  },
  value: 5,
};
