export const onRequest = ({ request }) => new Response(`function: ${new URL(request.url).pathname}`);
