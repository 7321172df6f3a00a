export default defineEventHandler((event) => {
  const id = getRouterParam(event, "id", { decode: true });
  if (id === "0") throw createError({ statusCode: 404, statusMessage: "no such item", data: { id } });
  if (id === "x") throw new Error("broken");
  return { id, started: event.context.started, cookie: getCookie(event, "a") ?? null };
});
