export const onRequest = async ({ env, request }) => {
  const response = await env.ASSETS.fetch(new Request(new URL("/about.html", request.url), { redirect: "manual" }));
  return Response.json({ status: response.status, location: response.headers.get("location") });
};
