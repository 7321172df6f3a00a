export const onRequest = async ({ next, functionPath, params }) => {
  const response = await next();
  response.headers.append("x-chain", `m1 ${functionPath} ${JSON.stringify(params)}`);
  return response;
};

export const onRequestPost = async ({ next, functionPath }) => {
  const response = await next();
  response.headers.append("x-chain", `m1 (Post) ${functionPath}`);
  return response;
};
