export const onRequest = async ({ env, request }) => {
  const response = await env.ASSETS.fetch(new URL("/about", request.url), { method: "POST", body: "x" });
  return Response.json({ status: response.status, body: await response.text() });
};
