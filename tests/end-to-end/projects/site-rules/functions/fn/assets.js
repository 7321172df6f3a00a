// As `next`, by the binding: without following redirects, if told so.

/** What the original's development server adds, and how it sends its answers. */
const TRANSFER = new Set(["connection", "date", "transfer-encoding", "content-length", "x-server-env"]);

export const onRequest = async ({ env, request }) => {
  const url = new URL(request.url);
  const redirect = url.searchParams.has("manual") ? "manual" : "follow";
  const response = await env.ASSETS.fetch(new URL(url.searchParams.get("to"), url), { redirect });
  const { status, redirected } = response;
  const final = response.url === "" ? "" : new URL(response.url).pathname;
  return Response.json({ status, redirected, final, headers: [...response.headers].filter(([name]) => !TRANSFER.has(name)), text: await response.text() });
};
