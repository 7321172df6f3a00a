export const onRequest = [
  ({ next }) => next(undefined, { method: "PUT", headers: { "x-custom": "from init" } }),
  ({ request }) => Response.json({ method: request.method, custom: request.headers.get("x-custom") }),
];
