export const onRequest = async () => {
  await null;
  throw new Error("async error");
};
