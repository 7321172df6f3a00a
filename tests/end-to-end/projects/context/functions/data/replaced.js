export const onRequest = [
  (context) => {
    context.data.old = true;
    context.data = { fresh: true };
    return context.next();
  },
  ({ data }) => Response.json(data),
];
