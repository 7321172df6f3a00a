export const onRequest = [
  async ({ next }) => {
    const answers = [];
    for (let i = 0; i < 4; i++) {
      const response = await next();
      answers.push([response.status, (await response.text()).slice(0, 12)]);
    }
    return Response.json(answers);
  },
  () => new Response("second"),
  () => new Response("third", { status: 203 }),
];
