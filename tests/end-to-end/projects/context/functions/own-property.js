export const onRequest = [
  (context) => {
    context.extra = "seen";
    return context.next();
  },
  (context) => new Response(String(context.extra)),
];
