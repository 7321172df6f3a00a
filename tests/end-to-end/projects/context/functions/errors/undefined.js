export const onRequest = () => {
  throw undefined;
};
