// What every proxied request needs: where it goes, which headers travel each way, and how git differs from a browser.

/** The backend when API_BASE_URL is not set: the API container of the Docker Compose network. */
export const DEFAULT_API_BASE_URL = "http://hub-api:48888";

// RFC 9110 section 7.6.1: these describe one connection and must not be forwarded.
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

const CORS_HEADERS = [
  "access-control-allow-origin",
  "access-control-allow-credentials",
  "access-control-allow-methods",
  "access-control-allow-headers",
  "access-control-expose-headers",
  "access-control-max-age",
];

const CORS_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

// What a browser may read besides the safelisted headers: enough for resumable downloads and for the hub's clients.
const CORS_EXPOSED = [
  "Accept-Ranges",
  "Content-Disposition",
  "Content-Length",
  "Content-Range",
  "ETag",
  "Location",
  "X-Error-Code",
  "X-Error-Message",
  "X-Linked-Etag",
  "X-Linked-Size",
  "X-Repo-Commit",
].join(", ");

const GIT_PATH = /\.git\/(?:HEAD|info\/refs|git-upload-pack|git-receive-pack|info\/lfs(?:\/.*)?)\/?$/;

/** Whether `pathname` belongs to git's smart HTTP protocol or to git LFS. */
export function isGitRequest(pathname) {
  return GIT_PATH.test(pathname);
}

/** The backend's URL for `url`: same path and query, other origin (API_BASE_URL may carry a path prefix). */
export function backendUrl(url, env) {
  const base = (env.API_BASE_URL || DEFAULT_API_BASE_URL).replace(/\/+$/, "");
  return base + url.pathname + url.search;
}

/** The headers that the backend gets: the client's, less those of this connection, plus where the client came in. */
export function requestHeaders(request, url) {
  const headers = withoutHopByHop(request.headers);
  headers.delete("host");
  headers.delete("expect");

  const client = request.headers.get("cf-connecting-ip");
  for (const name of [...headers.keys()]) {
    if (name.startsWith("cf-") || name === "cdn-loop") headers.delete(name);
  }

  // The client's own claims are not believed: only what this hop saw.
  headers.delete("forwarded");
  headers.delete("x-forwarded-for");
  headers.delete("x-real-ip");
  headers.set("X-Forwarded-Host", url.host);
  headers.set("X-Forwarded-Proto", url.protocol.slice(0, -1));
  if (client) {
    headers.set("X-Forwarded-For", client);
    headers.set("X-Real-IP", client);
  }
  return headers;
}

/** The headers that the client gets: the backend's, with the rules for git or for browsers applied. */
export function responseHeaders(upstream, pathname) {
  const headers = withoutHopByHop(upstream.headers);
  if (isGitRequest(pathname)) {
    // Prevent caching (critical!): a cached ref advertisement makes clients fetch what no longer exists.
    headers.set("Cache-Control", "no-store, no-cache, must-revalidate");
    headers.set("X-Content-Type-Options", "nosniff");
    headers.set("X-Accel-Buffering", "no");
    // No CORS headers for git clients.
    for (const name of CORS_HEADERS) headers.delete(name);
  } else {
    addCors(headers);
  }
  return headers;
}

/** Lets pages of any origin read the response; credentials are not allowed, so cookies stay out of it. */
export function addCors(headers) {
  headers.set("Access-Control-Allow-Origin", "*");
  headers.set("Access-Control-Expose-Headers", CORS_EXPOSED);
  headers.delete("Access-Control-Allow-Credentials");
}

/** The answer to a browser's preflight request. */
export function preflight(request) {
  const headers = new Headers();
  addCors(headers);
  headers.set("Access-Control-Allow-Methods", CORS_METHODS);
  headers.set(
    "Access-Control-Allow-Headers",
    request.headers.get("Access-Control-Request-Headers") || "Authorization, Content-Type, Range",
  );
  headers.set("Access-Control-Max-Age", "86400");
  headers.set("Vary", "Access-Control-Request-Headers");
  return new Response(null, { status: 204, headers });
}

function withoutHopByHop(source) {
  const headers = new Headers(source);
  const listed = (source.get("connection") || "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => /^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name));
  for (const name of [...HOP_BY_HOP, ...listed]) headers.delete(name);
  return headers;
}
