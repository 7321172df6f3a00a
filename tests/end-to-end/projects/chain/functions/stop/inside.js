export const onRequest = () => new Response("never reached");
