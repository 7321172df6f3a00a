export const onRequest = async ({ next, functionPath, params }) => {
  const response = await next();
  response.headers.append("x-chain", `m1/[id] ${functionPath} ${JSON.stringify(params)}`);
  return response;
};
