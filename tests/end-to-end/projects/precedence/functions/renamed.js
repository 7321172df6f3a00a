const handler = () => new Response("renamed");
export { handler as onRequest };
