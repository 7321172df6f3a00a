export const onRequest = [
  ({ data, next }) => {
    data.list = ["one"];
    return next();
  },
  (context) => {
    context.data.list.push("two");
    return context.next();
  },
  ({ data }) => Response.json(data),
];
