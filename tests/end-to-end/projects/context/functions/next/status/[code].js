export const onRequest = [
  async ({ next }) => {
    const response = await next();
    response.headers.set("x-body", String(response.body === null));
    return response;
  },
  ({ params }) => {
    const status = Number(params.code);
    return new Response([204, 205, 304].includes(status) ? null : `status ${status}`, { status, statusText: "Chosen Text" });
  },
];
