export const onRequest = [
  ({ next }) => next("/elsewhere", { method: "PUT", headers: { "x-custom": "from init" }, body: "from init" }),
  async ({ request, functionPath }) =>
    Response.json({
      method: request.method,
      pathname: new URL(request.url).pathname,
      custom: request.headers.get("x-custom"),
      body: await request.text(),
      functionPath,
    }),
];
