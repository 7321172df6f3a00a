export const onRequest = ({ request }) => new Response(`any: ${request.method}`, { headers: { "x-method": request.method } });
