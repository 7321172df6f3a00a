export const onRequest = async ({ passThroughOnException }) => {
  await new Promise((resolve) => setTimeout(resolve, 5));
  passThroughOnException();
  await null;
  throw new Error("late");
};
