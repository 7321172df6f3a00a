// An answer of the function's own, which no rule touches.
export const onRequest = () => new Response("own", { headers: { "x-all": "function" } });
