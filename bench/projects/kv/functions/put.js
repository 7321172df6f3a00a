const value = "v".repeat(1024);
let count = 0;
export const onRequest = async ({ env }) => {
  await env.KV.put(`key ${count++ % 10000}`, value);
  return new Response("stored");
};
