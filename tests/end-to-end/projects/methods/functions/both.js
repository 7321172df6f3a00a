export const onRequest = ({ request }) => new Response(`any: ${request.method}`);
export const onRequestGet = () => new Response("get");
