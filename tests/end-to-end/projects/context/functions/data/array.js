export const onRequest = [
  (context) => {
    context.data = [1, 2];
    return context.next();
  },
  ({ data }) => Response.json(data),
];
