export const onRequest = ({ request }) => new Response(`timing: ${request.method}`);
