export const onRequest = async ({ next }) => {
  const response = await next("/about");
  response.headers.set("x-edited", "yes");
  response.headers.delete("referrer-policy");
  return response;
};
