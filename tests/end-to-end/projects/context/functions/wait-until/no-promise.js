export const onRequest = ({ waitUntil }) => {
  waitUntil(5);
  return new Response("any value is accepted");
};
