export default defineEventHandler(async (event) => {
  const env = event.context.cloudflare?.env;
  const n = Number((await env?.COUNTS?.get("n")) ?? 0) + 1;
  await env?.COUNTS?.put("n", String(n));
  return { n, greeting: env?.GREETING ?? null, keys: Object.keys(event.context.cloudflare ?? {}).sort() };
});
