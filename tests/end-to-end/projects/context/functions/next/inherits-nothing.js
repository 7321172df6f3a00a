export const onRequest = [
  ({ next }) => next("/elsewhere?x=1"),
  async ({ request }) =>
    Response.json({
      method: request.method,
      pathname: new URL(request.url).pathname,
      search: new URL(request.url).search,
      custom: request.headers.get("x-custom"),
      body: await request.text(),
    }),
];
