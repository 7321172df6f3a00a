export const onRequest = ({ waitUntil }) => {
  waitUntil(new Promise((resolve) => setTimeout(resolve, 1500)));
  return new Response("does not wait");
};
