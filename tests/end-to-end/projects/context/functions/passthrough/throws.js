export const onRequest = ({ passThroughOnException }) => {
  passThroughOnException();
  throw new Error("the asset answers instead");
};
