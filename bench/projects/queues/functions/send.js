const text = "m".repeat(256);
export const onRequest = async ({ env }) => {
  await env.JOBS.send({ text });
  return new Response("sent");
};
