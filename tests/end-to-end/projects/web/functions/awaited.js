const value = await Promise.resolve("awaited at the top");
export const onRequest = () => new Response(value);
