export const onRequest = async ({ next, functionPath, params }) => {
  const response = await next();
  response.headers.append("x-chain", `m2 ${functionPath} ${JSON.stringify(params)}`);
  return response;
};
