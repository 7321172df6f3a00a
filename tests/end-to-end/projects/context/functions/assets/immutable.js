export const onRequest = async ({ env, request }) => {
  const response = await env.ASSETS.fetch(new URL("/about", request.url));
  try {
    response.headers.set("x-edited", "yes");
    return new Response("mutable");
  } catch (error) {
    return new Response(error.constructor.name);
  }
};
