export const onRequest = ({ request }) => new Response(`error-handler: ${request.method}`);
