export const onRequest = async () => {
  const { value } = await import("../data/lazy.js");
  return new Response(value);
};
