const step = (label) => async ({ next, data }) => {
  data.steps = [...(data.steps ?? []), label];
  return next();
};
export const onRequest = [step("one"), step("two"), step("three")];
export const onRequestGet = step("get");
