export const onRequest = () => {
  throw "a thrown string";
};
