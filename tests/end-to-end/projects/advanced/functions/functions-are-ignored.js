export const onRequest = () => new Response("a function");
