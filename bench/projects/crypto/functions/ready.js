export function onRequest() {
  return new Response("ready");
}
