export const onRequestHead = () => new Response("never seen", { headers: { "x-head": "yes" } });
