export const onRequest = [
  async ({ request, next }) => {
    const response = await next();
    return new Response(`${await response.text()} then ${await request.text()}`);
  },
  async ({ request }) => new Response(await request.text()),
];
