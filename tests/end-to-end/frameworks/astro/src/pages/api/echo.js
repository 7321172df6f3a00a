export const ALL = async ({ request, cookies }) => {
  cookies.set("seen", request.method, { path: "/api", httpOnly: true });
  const body = ["GET", "HEAD"].includes(request.method) ? null : await request.json();
  return Response.json({ method: request.method, body, type: request.headers.get("content-type") });
};
