const content = new Uint8Array(64 * 1024).fill(7);
let count = 0;
export const onRequest = async ({ env }) => {
  await env.R2.put(`object ${count++ % 1000}`, content);
  return new Response("stored");
};
