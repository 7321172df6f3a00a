export const onRequest = () => {
  const down = () => down();
  return down();
};
