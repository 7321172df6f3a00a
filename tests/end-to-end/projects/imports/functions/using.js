export const onRequest = () => {
  const log = [];
  {
    using first = { [Symbol.dispose]: () => log.push("first") };
    using second = { [Symbol.dispose]: () => log.push("second") };
    log.push(typeof first, typeof second);
  }
  return Response.json(log);
};
