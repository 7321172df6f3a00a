export const onRequest = [
  async ({ waitUntil, passThroughOnException, next }) => {
    waitUntil(Promise.resolve());
    passThroughOnException();
    return next();
  },
  () => new Response("detached calls work"),
];
