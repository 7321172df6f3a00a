export const onRequest = async ({ next, functionPath, params }) => {
  const response = await next();
  response.headers.append("x-chain", `root ${functionPath} ${JSON.stringify(params)}`);
  return response;
};

export const onRequestGet = async ({ next, functionPath }) => {
  const response = await next();
  response.headers.append("x-chain", `root (Get) ${functionPath}`);
  return response;
};
