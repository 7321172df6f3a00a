export async function onRequestPost({ request }) {
  return new Response(await request.arrayBuffer());
}
