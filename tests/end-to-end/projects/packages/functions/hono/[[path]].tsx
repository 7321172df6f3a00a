/** @jsxImportSource hono/jsx */
import { zValidator } from "@hono/zod-validator";
import { Hono } from "hono";
import { basicAuth } from "hono/basic-auth";
import { bearerAuth } from "hono/bearer-auth";
import { bodyLimit } from "hono/body-limit";
import { handle } from "hono/cloudflare-pages";
import { compress } from "hono/compress";
import { deleteCookie, getCookie, getSignedCookie, setCookie, setSignedCookie } from "hono/cookie";
import { cors } from "hono/cors";
import { csrf } from "hono/csrf";
import { etag } from "hono/etag";
import { html, raw } from "hono/html";
import { HTTPException } from "hono/http-exception";
import { Suspense, renderToReadableStream } from "hono/jsx/streaming";
import { jsxRenderer } from "hono/jsx-renderer";
import { jwt, sign } from "hono/jwt";
import { logger } from "hono/logger";
import { methodOverride } from "hono/method-override";
import { poweredBy } from "hono/powered-by";
import { prettyJSON } from "hono/pretty-json";
import { requestId } from "hono/request-id";
import { secureHeaders } from "hono/secure-headers";
import { stream, streamSSE, streamText } from "hono/streaming";
import { timeout } from "hono/timeout";
import { timing, setMetric } from "hono/timing";
import { trimTrailingSlash } from "hono/trailing-slash";
import { z } from "zod";

type Env = { Bindings: { TOKEN_SECRET: string }; Variables: { user: string; requestId: string } };
const app = new Hono<Env>().basePath("/hono");

app.use(poweredBy());
app.use("/logged/*", logger());
app.get("/logged/:name{[a-z]+}", (c) => c.text(`hello ${c.req.param("name")} from ${c.req.header("x-from") ?? "nowhere"}`));
app.get("/query", (c) => c.json({ one: c.req.query("a"), many: c.req.queries("b"), url: new URL(c.req.url).pathname }));

app.use("/shared/*", cors({ origin: ["https://a.example"], allowMethods: ["GET", "PUT"], allowHeaders: ["x-one"], maxAge: 600, credentials: true }));
app.get("/shared/data", (c) => c.json({ shared: true }));

app.use("/tagged", etag());
app.get("/tagged", (c) => c.text("the same each time"));
app.use("/pretty", prettyJSON());
app.get("/pretty", (c) => c.json({ a: 1, b: [1, 2] }));
app.use("/secure", secureHeaders());
app.get("/secure", (c) => c.text("secure"));
app.use("/basic", basicAuth({ username: "ada", password: "lovelace" }));
app.get("/basic", (c) => c.text("let in"));
app.use("/bearer", bearerAuth({ token: "token-1" }));
app.get("/bearer", (c) => c.text("let in"));
app.use("/limited", bodyLimit({ maxSize: 10, onError: (c) => c.text("too much", 413) }));
app.post("/limited", async (c) => c.text(`got ${(await c.req.text()).length}`));
app.use("/guarded", csrf({ origin: "https://a.example" }));
app.post("/guarded", (c) => c.text("let in"));
app.post("/form", async (c) => {
  const body = await c.req.parseBody({ all: true });
  const shown = Object.entries(body).map(([name, value]) => [name, value instanceof File ? `${value.name}: ${value.size} of ${value.type}` : value]);
  return c.json(Object.fromEntries(shown));
});
app.use("/id", requestId());
app.get("/id", (c) => c.text(/^[-0-9a-f]{36}$/.test(c.get("requestId")) ? "an id" : "no id"));
app.use("/timed", timing({ total: false }));
app.get("/timed", (c) => {
  setMetric(c, "db", 12, "the query");
  return c.text("timed");
});
app.use("/slow", timeout(30));
app.get("/slow", async (c) => {
  await new Promise((resolve) => setTimeout(resolve, 2000));
  return c.text("too late");
});
app.use("/squeezed", compress());
app.get("/squeezed", (c) => c.text("squeeze ".repeat(500)));
app.use(trimTrailingSlash());
app.get("/trimmed", (c) => c.text("trimmed"));

app.get("/cookies", async (c) => {
  setCookie(c, "plain", "1", { path: "/", httpOnly: true, sameSite: "Lax", maxAge: 60 });
  await setSignedCookie(c, "signed", "who?", c.env.TOKEN_SECRET, { secure: true });
  deleteCookie(c, "old");
  return c.json({ plain: getCookie(c, "plain"), signed: await getSignedCookie(c, c.env.TOKEN_SECRET, "signed") });
});

app.get("/token", async (c) => c.text(await sign({ sub: "ada", exp: 4102444800 }, c.env.TOKEN_SECRET)));
app.use("/private/*", (c, next) => jwt({ secret: c.env.TOKEN_SECRET, alg: "HS256" })(c, next));
app.get("/private/me", (c) => c.json(c.get("jwtPayload" as never)));

const item = z.object({ name: z.string().min(2), price: z.coerce.number().positive(), tags: z.array(z.string()).default([]) });
app.post("/items", zValidator("json", item), (c) => c.json({ stored: c.req.valid("json") }, 201));

app.use("/page/*", jsxRenderer(({ children, title }: { children?: unknown; title?: string }) => (
  <html>
    <head><title>{title}</title></head>
    <body>{children}</body>
  </html>
), { docType: true }));
app.get("/page/:name", (c) => c.render(<h1 class="big">Hello, {c.req.param("name")} &amp; {"<friends>"}</h1>, { title: "greeting" } as never));
app.get("/html", (c) => c.html(html`<p>${"<escaped>"}${raw("<b>raw</b>")}</p>`));
const Later = async () => {
  await new Promise((resolve) => setTimeout(resolve, 10));
  return <p>later</p>;
};
app.get("/suspense", (c) => {
  c.header("content-type", "text/html; charset=utf-8");
  c.header("transfer-encoding", "chunked");
  return c.body(renderToReadableStream(<html><body><Suspense fallback={<p>soon</p>}><Later /></Suspense></body></html>));
});

app.get("/stream", (c) => stream(c, async (out) => {
  for (const byte of [1, 2, 3]) {
    await out.write(new Uint8Array([byte]));
    await out.sleep(2);
  }
}));
app.get("/text", (c) => streamText(c, async (out) => {
  for (const word of ["one", "two", "three"]) {
    await out.writeln(word);
    await out.sleep(2);
  }
}));
app.get("/events", (c) => streamSSE(c, async (out) => {
  for (let id = 0; id < 3; id++) await out.writeSSE({ data: `message ${id}`, event: "count", id: String(id) });
}));
app.use("/override/*", methodOverride({ app }));
app.delete("/override/:id", (c) => c.text(`deleted ${c.req.param("id")}`));
app.get("/teapot", () => {
  throw new HTTPException(418, { message: "short and stout" });
});
app.get("/broken", () => {
  throw new Error("on purpose");
});
app.route("/nested", new Hono().get("/", (c) => c.text("nested root")).get("/:a/:b?", (c) => c.json(c.req.param())));
app.notFound((c) => c.text(`nothing at ${c.req.path}`, 404));
app.onError((error, c) => error instanceof HTTPException ? error.getResponse() : c.text(`caught ${error.message}`, 500));

export const onRequest = handle(app);
