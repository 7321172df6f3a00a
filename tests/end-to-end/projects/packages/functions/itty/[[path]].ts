import { AutoRouter, Router, StatusError, cors, error, html, json, text, withContent, withCookies, withParams } from "itty-router";

const { preflight, corsify } = cors({ origin: "https://a.example", credentials: true, exposeHeaders: "x-count" });
const nested = Router({ base: "/itty/nested" }).get("/:name+", ({ params }) => ({ nested: params.name }));
const router = AutoRouter({ base: "/itty", before: [preflight], finally: [corsify] });
router
  .get("/", () => "root")
  .get("/hello/:name?", ({ name }) => `hello ${name ?? "world"}`)
  .get("/json/:id.:format", ({ params }) => params)
  .post("/content", withContent, ({ content }) => ({ content }))
  .get("/cookies", withCookies, ({ cookies }) => cookies)
  .get("/params/:a/:b", withParams, ({ a, b, query }) => ({ a, b, query }))
  .get("/page", () => html("<h1>page</h1>"))
  .get("/plain", () => text("plain", { headers: { "x-count": "1" } }))
  .get("/refused", () => error(403, { reason: "no" }))
  .get("/thrown", () => {
    throw new StatusError(409, "conflict");
  })
  .get("/accepted", () => json({ ok: true }, { status: 202 }))
  .all("/nested/*", nested.fetch);

export const onRequest: PagesFunction = ({ request, ...context }) => router.fetch(request, context);
