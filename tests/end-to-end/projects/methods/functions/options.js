export const onRequestOptions = () => new Response(null, { status: 204, headers: { allow: "GET, OPTIONS" } });
