export const onRequest = [
  ({ request, next }) => {
    const changed = new Request(request);
    changed.headers.set("x-custom", "changed");
    return next(changed);
  },
  ({ request }) => new Response(String(request.headers.get("x-custom"))),
];
