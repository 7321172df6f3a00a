export const onRequest = () => new Response("x".repeat(300_000));
