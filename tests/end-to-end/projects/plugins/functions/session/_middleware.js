import stytch from "@cloudflare/pages-plugin-stytch";
import { envs } from "@cloudflare/pages-plugin-stytch/api";

// The service that knows sessions.
const outside = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const request = new Request(input, init);
  if (!/stytch\.com$/.test(new URL(request.url).hostname)) return outside(input, init);
  const { session_token } = await request.json();
  if (session_token !== "known") return new Response("{}", { status: 401 });
  return Response.json({ status_code: 200, session: { user_id: "user-1" }, authorization: request.headers.get("authorization") });
};

export const onRequest = (context) =>
  stytch({ project_id: "project", secret: "secret", env: envs.test })(context);
