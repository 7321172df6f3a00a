export const onRequest = [
  async ({ request, next, data }) => {
    data.first = await request.text();
    return next();
  },
  async ({ request, data }) => Response.json({ first: data.first, second: await request.text() }),
];
