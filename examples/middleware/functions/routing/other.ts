export const onRequest = (): Response => new Response("other");
