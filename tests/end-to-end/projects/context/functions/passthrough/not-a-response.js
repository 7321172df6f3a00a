export const onRequest = ({ passThroughOnException }) => {
  passThroughOnException();
  return "no response";
};
