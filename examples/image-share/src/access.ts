import { type JWK, SignJWT, createRemoteJWKSet, exportJWK, generateKeyPair, importJWK, jwtVerify } from "jose";
import type { Env } from "./env";

// What Cloudflare Access does in front of an application: whoever passes it has a token, signed with one of the keys that Access
// publishes. https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/validating-json/

const ALGORITHM = "RS256";
const DEMO_KEY = "access:key";

/** Who signs the tokens: Access, or this project itself. */
const issuerOf = (env: Env, request: Request) => env.ACCESS_TEAM_DOMAIN || new URL(request.url).origin;

export const certsOf = (env: Env, request: Request) =>
  new URL(env.ACCESS_TEAM_DOMAIN ? "/cdn-cgi/access/certs" : "/access/certs", issuerOf(env, request));

function tokenOf(request: Request): string | undefined {
  const cookies = request.headers.get("cookie") ?? "";
  return request.headers.get("cf-access-jwt-assertion") ?? /(?:^|; *)CF_Authorization=([^;]+)/.exec(cookies)?.[1];
}

/** Who made a request; throws unless a valid token says so. */
export async function identify(env: Env, request: Request): Promise<string> {
  const token = tokenOf(request);
  if (token === undefined) throw new Error("there is no token");
  const { payload } = await jwtVerify(token, createRemoteJWKSet(certsOf(env, request)), {
    issuer: issuerOf(env, request),
    audience: env.ACCESS_AUDIENCE,
    algorithms: [ALGORITHM],
  });
  return String(payload.email);
}

// The rest stands in for Access itself.

/** The key pair of the demonstration, made when it is first needed. */
async function demoKey(env: Env): Promise<JWK> {
  const known = await env.METADATA.get<JWK>(DEMO_KEY, "json");
  if (known !== null) return known;
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const key = { ...(await exportJWK(privateKey)), kid: crypto.randomUUID(), alg: ALGORITHM, use: "sig" };
  await env.METADATA.put(DEMO_KEY, JSON.stringify(key));
  return key;
}

/** The public half of it, as Access publishes its keys. */
export async function demoKeys(env: Env): Promise<{ keys: JWK[] }> {
  const { kty, n, e, kid, alg, use } = await demoKey(env);
  return { keys: [{ kty, n, e, kid, alg, use }] };
}

/** A token for an hour, as Access gives it. */
export async function mintToken(env: Env, request: Request, email: string): Promise<string> {
  const key = await demoKey(env);
  return new SignJWT({ email })
    .setProtectedHeader({ alg: ALGORITHM, kid: key.kid })
    .setIssuer(issuerOf(env, request))
    .setAudience(env.ACCESS_AUDIENCE)
    .setIssuedAt()
    .setExpirationTime("1h")
    .sign(await importJWK(key, ALGORITHM));
}
