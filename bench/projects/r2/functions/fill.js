export const onRequest = async ({ env }) => {
  await env.R2.put("object", `the object ${"x".repeat(64 * 1024 - 11)}`);
  return new Response("filled");
};
