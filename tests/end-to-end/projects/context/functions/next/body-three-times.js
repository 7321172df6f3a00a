export const onRequest = [
  async ({ request, next, data }) => {
    data.seen = [(await request.json()).n];
    return next();
  },
  async ({ request, next, data }) => {
    data.seen.push((await request.arrayBuffer()).byteLength);
    return next();
  },
  ({ next }) => next(),
  async ({ request, data }) => Response.json([...data.seen, request.bodyUsed, await request.text()]),
];
