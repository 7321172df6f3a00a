// The one handler behind every route of this directory: hand the request to the backend and its answer to the client.
// Bodies stream in both directions; nothing here reads them.

import { backendUrl, requestHeaders, responseHeaders } from "./_utils.js";

const NULL_BODY = new Set([101, 204, 205, 304]);

export async function proxy({ request, env }) {
  const url = new URL(request.url);
  const upstream = await fetch(backendUrl(url, env), {
    method: request.method,
    headers: requestHeaders(request, url),
    body: request.method === "GET" || request.method === "HEAD" ? undefined : request.body,
    duplex: "half",
    // Redirects are for the client: downloads point at object storage, which must not be streamed through here.
    redirect: "manual",
  });
  return new Response(NULL_BODY.has(upstream.status) ? null : upstream.body, {
    status: upstream.status,
    statusText: upstream.statusText,
    headers: responseHeaders(upstream, url.pathname),
  });
}
