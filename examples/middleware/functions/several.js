// POST and PUT by the same code; other methods are not handled here.
export async function onRequestPost(context) {
  return new Response(`${context.request.method} ${await context.request.text()}`);
}
export const onRequestPut = onRequestPost;
