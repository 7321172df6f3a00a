export const onRequest = [[() => new Response("nested")]];
