export function onRequest({ request }) {
  return Response.json({ path: new URL(request.url).pathname });
}
