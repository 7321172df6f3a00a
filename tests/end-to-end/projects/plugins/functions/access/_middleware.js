import access from "@cloudflare/pages-plugin-cloudflare-access";
import { generateLoginURL } from "@cloudflare/pages-plugin-cloudflare-access/api";

const domain = "https://example.cloudflareaccess.com";
let keys;

// The service that vouches for visitors, as it would answer.
const outside = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  if (String(input) !== `${domain}/cdn-cgi/access/certs`) return outside(input, init);
  const jwk = await crypto.subtle.exportKey("jwk", (await keys).publicKey);
  return Response.json({ keys: [{ ...jwk, kid: "one", alg: "RS256" }] });
};

const encoded = (value) => new TextEncoder().encode(JSON.stringify(value)).toBase64({ alphabet: "base64url", omitPadding: true });

/** A token for the visitor that the request names. */
async function token(visitor) {
  keys ??= crypto.subtle.generateKey(
    { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ["sign", "verify"],
  );
  const text = `${encoded({ kid: "one", alg: "RS256" })}.${encoded({ sub: visitor, aud: ["site"], iss: domain, exp: 4102444800 })}`;
  const { privateKey } = await keys;
  const signature = new Uint8Array(await crypto.subtle.sign("RSASSA-PKCS1-v1_5", privateKey, new TextEncoder().encode(text)));
  return `${text}.${signature.toBase64({ alphabet: "base64url", omitPadding: true })}`;
}

export const onRequest = [
  async (context) => {
    const visitor = context.request.headers.get("visitor");
    if (visitor === null) return context.next();
    const request = new Request(context.request);
    request.headers.set("Cf-Access-Jwt-Assertion", await token(visitor));
    return context.next(request);
  },
  (context) => access({ domain, aud: context.request.headers.get("audience") ?? "site" })(context),
];

export const loginURL = generateLoginURL;
