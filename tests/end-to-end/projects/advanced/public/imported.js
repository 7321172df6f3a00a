const TRANSFER = new Set(["connection", "date", "transfer-encoding", "content-length", "x-server-env"]);

/** What a program sees of an answer. */
export async function shown(response) {
  const { status, redirected, url } = response;
  const headers = [...response.headers].filter(([name]) => !TRANSFER.has(name));
  return Response.json({ status, redirected, path: url === "" ? "" : new URL(url).pathname, headers, text: await response.text() });
}
