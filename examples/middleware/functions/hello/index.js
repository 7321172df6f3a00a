export const onRequest = ({ request }) => new Response(`hello: ${request.method}`);
