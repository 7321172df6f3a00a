export const onRequest = async ({ env }) => new Response((await env.R2.get("object")).body);
