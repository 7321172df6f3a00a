export const onRequest = async ({ env }) => {
  await env.KV.put("answer", "the answer");
  return new Response("filled");
};
