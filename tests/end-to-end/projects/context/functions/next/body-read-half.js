export const onRequest = [
  async ({ request, next }) => {
    const reader = request.body.getReader();
    await reader.read();
    await reader.cancel();
    return next();
  },
  async ({ request }) => new Response(await request.text()),
];
