export const onRequest = ({ waitUntil }) => {
  waitUntil(Promise.reject(new Error("only logged")));
  return new Response("unharmed");
};
