export const onRequest = async ({ env, request }) => {
  const url = new URL("/about", request.url);
  const first = await env.ASSETS.fetch(url);
  await first.text();
  const second = await env.ASSETS.fetch(url, { headers: { "if-none-match": first.headers.get("etag") } });
  return Response.json([first.status, second.status]);
};
