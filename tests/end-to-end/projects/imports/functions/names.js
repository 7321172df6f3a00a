export async function onRequest() {
  class Named {}
  const arrow = () => {};
  return Response.json([onRequest.name, Named.name, arrow.name]);
}
