export const onRequest = ({ request }) => new Response(`chaining: ${request.method}`);
