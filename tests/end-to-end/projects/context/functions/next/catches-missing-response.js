export const onRequest = [
  async ({ next }) => {
    try {
      return await next();
    } catch (error) {
      return new Response(`caught an ${error instanceof Error ? "Error" : typeof error}`);
    }
  },
  () => {},
];
