export const onRequestGet = () => new Response("from the function");
