export const onRequest = () => new Response("mts");
