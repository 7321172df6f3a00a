type Context = { request: Request; next: () => Promise<Response>; data: Record<string, unknown> };

export async function extraLogging({ request, next, data }: Context): Promise<Response> {
  data.logged = `${request.method} ${new URL(request.url).pathname}`;
  return next();
}
