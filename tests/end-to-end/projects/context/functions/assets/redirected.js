export const onRequest = async ({ env, request }) => {
  const response = await env.ASSETS.fetch(new URL("/about.html", request.url));
  return Response.json({ status: response.status, redirected: response.redirected, pathname: new URL(response.url).pathname });
};
