export default defineEventHandler((event) => {
  event.context.started = "yes";
  setResponseHeader(event, "x-nuxt-middleware", "yes");
  if (getRequestURL(event).pathname === "/denied") {
    throw createError({ statusCode: 403, statusMessage: "denied" });
  }
});
