export const onRequest = [({ next }) => next(), ({ next }) => next(), async ({ request }) => new Response(request.body)];
