export const onRequest = () => {
  const down = (depth) => 1 + down(depth + 1);
  return new Response(String(down(0)));
};
