export const onRequest = [
  ({ next, request }) => next(request, { headers: { "x-custom": "replaced" } }),
  async ({ request }) =>
    Response.json({ method: request.method, custom: request.headers.get("x-custom"), body: await request.text() }),
];
