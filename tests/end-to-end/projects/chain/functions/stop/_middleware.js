export const onRequest = () => new Response("stopped here", { status: 403 });
