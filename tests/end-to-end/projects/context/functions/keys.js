export const onRequest = (context) =>
  Response.json({
    keys: Object.keys(context),
    types: Object.fromEntries(Object.keys(context).map((key) => [key, typeof context[key]])),
    paramsPrototype: Object.getPrototypeOf(context.params),
    dataIsAccessor: typeof Object.getOwnPropertyDescriptor(context, "data").get === "function",
  });
