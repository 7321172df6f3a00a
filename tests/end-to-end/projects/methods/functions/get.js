export const onRequestGet = () => new Response("get");
