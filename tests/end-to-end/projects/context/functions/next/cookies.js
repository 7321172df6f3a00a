export const onRequest = [
  ({ next }) => next(),
  () => {
    const response = new Response("cookies");
    response.headers.append("set-cookie", "a=1; Path=/");
    response.headers.append("set-cookie", "b=2; HttpOnly");
    return response;
  },
];
