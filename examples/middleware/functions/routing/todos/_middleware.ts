// Adds to that for /routing/todos/**.
export const onRequest = async ({ next }: any): Promise<Response> => {
  const response = await next();
  response.headers.append("X-Middleware", "./functions/routing/todos/_middleware.ts");
  return response;
};
