export const onRequest = () => {
  throw new Error("sync error");
};
