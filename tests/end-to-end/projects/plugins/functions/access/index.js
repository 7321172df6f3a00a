import { loginURL } from "./_middleware.js";

export const onRequest = ({ request, data }) => {
  const login = new URL(loginURL({ redirectURL: request.url, domain: "https://example.cloudflareaccess.com", aud: "site" }));
  return Response.json({ subject: data.cloudflareAccess.JWT.payload.sub, login: login.pathname });
};
