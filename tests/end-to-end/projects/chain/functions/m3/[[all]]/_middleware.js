export const onRequest = async ({ next, functionPath, params }) => {
  const response = await next();
  response.headers.append("x-chain", `m3/[[all]] ${functionPath} ${JSON.stringify(params)}`);
  return response;
};
