export const onRequest = [
  async ({ request, next }) => next(new Request(request, { body: (await request.text()).toUpperCase() })),
  async ({ request }) => new Response(`${request.method} ${await request.text()}`),
];
