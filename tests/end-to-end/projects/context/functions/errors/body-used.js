export const onRequest = async () => {
  const response = new Response("read already");
  await response.text();
  return response;
};
