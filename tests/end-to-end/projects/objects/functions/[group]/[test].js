// An object of its own for each test: the classes are in services/store.
export const onRequest = ({ env, params, request }) => {
  const namespace = params.group === "old" ? env.OLD : env.STORE;
  return namespace.get(namespace.idFromName(`${params.group}/${params.test}`)).fetch(request);
};
