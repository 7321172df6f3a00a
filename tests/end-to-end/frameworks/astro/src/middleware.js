export const onRequest = async (context, next) => {
  context.locals.started = "yes";
  const r = await next();
  r.headers.set("x-astro-middleware", "yes");
  return r;
};
