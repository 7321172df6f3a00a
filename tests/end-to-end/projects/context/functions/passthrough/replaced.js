export const onRequest = [
  ({ next }) => next("/about"),
  ({ passThroughOnException }) => {
    passThroughOnException();
    throw new Error("the replaced request goes to the assets");
  },
];
