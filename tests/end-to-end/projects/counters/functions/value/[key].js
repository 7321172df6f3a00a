export const onRequestPut = async ({ env, params, request }) => {
  await env.VALUES.put(params.key, await request.text());
  return new Response("stored");
};
export const onRequestGet = async ({ env, params }) => new Response(await env.VALUES.get(params.key));
