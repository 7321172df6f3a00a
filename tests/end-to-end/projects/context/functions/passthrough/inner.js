export const onRequest = [
  ({ next }) => next(),
  ({ passThroughOnException }) => {
    passThroughOnException();
    throw new Error("set in the inner handler");
  },
];
