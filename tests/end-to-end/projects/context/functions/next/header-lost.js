export const onRequest = [
  (context) => {
    context.request.headers.set("x-custom", "changed");
    return context.next();
  },
  ({ request }) => new Response(String(request.headers.get("x-custom"))),
];
