import { defineMiddleware, sequence } from "astro:middleware";

const mark = defineMiddleware(async (context, next) => {
  context.locals.started = "yes";
  const response = await next();
  response.headers.set("x-astro-middleware", "yes");
  return response;
});

const guard = defineMiddleware((context, next) => {
  switch (context.url.pathname) {
    case "/moved":
      return context.redirect("/items/1", 307);
    case "/rewritten":
      return context.rewrite("/items/2");
    case "/denied":
      return new Response("denied", { status: 403, headers: { "x-reason": "guard" } });
  }
  return next();
});

export const onRequest = sequence(mark, guard);
