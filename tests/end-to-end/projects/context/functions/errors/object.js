export const onRequest = () => {
  throw { code: 42 };
};
