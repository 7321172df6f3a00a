export const onRequest = [({ next }) => next("/keys"), ({ request }) => new Response(new URL(request.url).pathname)];
