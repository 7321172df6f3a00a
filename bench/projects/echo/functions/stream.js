export function onRequestPost({ request }) {
  return new Response(request.body);
}
