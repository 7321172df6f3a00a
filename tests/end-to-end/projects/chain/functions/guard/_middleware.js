export const onRequest = ({ request, next }) =>
  request.headers.get("authorization") === "Bearer good" ? next() : new Response("unauthorized", { status: 401 });
