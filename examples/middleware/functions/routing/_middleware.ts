// Applies to every route below /routing.
export const onRequest = async ({ next }: any): Promise<Response> => {
  const response = await next();
  response.headers.append("X-Middleware", "./functions/routing/_middleware.ts");
  return response;
};
