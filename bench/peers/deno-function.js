// What projects/function does, written for Deno by hand: no router, one middleware, one handler.
async function middleware({ next }) {
  const response = await next();
  response.headers.set("x-middleware", "1");
  return response;
}

function handler({ request }) {
  return Response.json({ path: new URL(request.url).pathname });
}

Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.args[0]) }, (request) =>
  middleware({ request, next: async () => handler({ request }) }),
);
