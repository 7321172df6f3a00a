export const onRequest = () => new Response("secret");
