export const onRequest = async ({ env }) => new Response(await env.KV.get("answer"));
