export const onRequest = async ({ request }) => {
  const url = new URL(request.url);
  return Response.json({
    method: request.method,
    protocol: url.protocol,
    pathname: url.pathname,
    search: url.search,
    hash: url.hash,
    redirect: request.redirect,
    bodyIsNull: request.body === null,
    bodyUsed: request.bodyUsed,
    contentType: request.headers.get("content-type"),
    cookie: request.headers.get("cookie"),
    custom: request.headers.get("x-custom"),
    missing: request.headers.get("x-missing"),
  });
};
