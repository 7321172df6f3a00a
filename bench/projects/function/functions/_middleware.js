export async function onRequest({ next }) {
  const response = await next();
  response.headers.set("x-middleware", "1");
  return response;
}
