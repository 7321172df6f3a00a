import { Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { etag } from "hono/etag";
import { cors } from "hono/cors";
import { secureHeaders } from "hono/secure-headers";
import { HTTPException } from "hono/http-exception";
import { streamText, streamSSE } from "hono/streaming";
import { sign, verify } from "hono/jwt";
import { jsxRenderer } from "hono/jsx-renderer";
import { validator } from "hono/validator";

type Env = { Bindings: { NOTES: KVNamespace; GREETING: string } };
const app = new Hono<Env>();
app.use("/api/*", cors(), secureHeaders());
app.use("/etag/*", etag());
app.use(
  "/pages/*",
  jsxRenderer(({ children, title }: any) => (
    <html>
      <head>
        <title>{title}</title>
        <link rel="stylesheet" href="/static/style.css" />
      </head>
      <body>{children}</body>
    </html>
  )),
);
app.get("/", (c) => c.html(<h1 id="title">Hello from Hono</h1>));
app.get("/pages/:name", (c) =>
  c.render(
    <p id="name">
      Hi {c.req.param("name")} &amp; <b>{"<all>"}</b>
    </p>,
    { title: c.req.param("name") } as any,
  ),
);
app.get("/api/json", (c) => c.json({ url: c.req.url, greeting: c.env.GREETING ?? null, q: c.req.query() }));
app.get("/etag/a", (c) => c.text("etagged"));
app.post(
  "/api/form",
  validator("form", (v, c) => (v.name ? v : c.text("name missing", 400))),
  (c) => c.json(c.req.valid("form")),
);
app.get("/api/cookie", (c) => {
  const n = Number(getCookie(c, "n") ?? 0) + 1;
  setCookie(c, "n", String(n), { path: "/", httpOnly: true });
  return c.json({ n });
});
app.get("/api/jwt", async (c) => {
  const t = await sign({ sub: "me", exp: 4102444800 }, "secret", "HS256");
  return c.json({ t, p: await verify(t, "secret", "HS256") });
});
app.get("/api/fail", () => {
  throw new HTTPException(418, { message: "teapot" });
});
app.get("/api/throw", () => {
  throw new Error("thrown");
});
app.get("/api/stream", (c) =>
  streamText(c, async (s) => {
    for (let i = 0; i < 3; i++) {
      await s.writeln(String(i));
      await s.sleep(5);
    }
  }),
);
app.get("/api/sse", (c) =>
  streamSSE(c, async (s) => {
    for (let i = 0; i < 3; i++) await s.writeSSE({ data: String(i), event: "tick", id: String(i) });
  }),
);
app.put("/api/notes/:id", async (c) => {
  await c.env.NOTES.put(c.req.param("id"), await c.req.text());
  return c.body(null, 204);
});
app.get("/api/notes/:id", async (c) => {
  const t = await c.env.NOTES.get(c.req.param("id"));
  return t === null ? c.notFound() : c.text(t);
});
app.onError((e, c) => (e instanceof HTTPException ? e.getResponse() : c.json({ error: e.message }, 500)));
export default app;
