export const onRequest = () => {
  throw new Error("thrown in the handler");
};
