export const onRequest = [
  async ({ next }) => {
    try {
      return await next();
    } catch (error) {
      return new Response(`caught ${error?.name}: ${error?.message}`, { status: 503 });
    }
  },
  async () => {
    await null;
    throw new RangeError("from inside");
  },
];
