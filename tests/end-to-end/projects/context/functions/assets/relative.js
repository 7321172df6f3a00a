export const onRequest = async ({ env }) => {
  try {
    await env.ASSETS.fetch("/about");
    return new Response("accepted");
  } catch (error) {
    return new Response(error.constructor.name);
  }
};
