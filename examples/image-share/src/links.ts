import type { Env } from "./env";

// Links that are valid for a while: https://developers.cloudflare.com/workers/examples/signing-requests/

const VALID_SECONDS = 60 * 60;
const encoder = new TextEncoder();

async function keyOf({ SIGNING_SECRET }: Env): Promise<CryptoKey> {
  if (!SIGNING_SECRET) throw new Error("there is no SIGNING_SECRET: see the README");
  return crypto.subtle.importKey("raw", encoder.encode(SIGNING_SECRET), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
    "verify",
  ]);
}

const signedText = (id: string, expires: string) => encoder.encode(`${id}\n${expires}`);

const toHex = (bytes: ArrayBuffer) =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const fromHex = (text: string) => new Uint8Array((text.match(/../g) ?? []).map((digits) => parseInt(digits, 16)));

/** A link to an image that works for an hour. */
export async function signedLink(env: Env, id: string): Promise<string> {
  const expires = String(Math.floor(Date.now() / 1000) + VALID_SECONDS);
  const signature = await crypto.subtle.sign("HMAC", await keyOf(env), signedText(id, expires));
  return `/images/${id}?${new URLSearchParams({ expires, signature: toHex(signature) })}`;
}

/** Whether a link was signed here, and is still valid. `verify` takes the same time whatever the signature is. */
export async function isValidLink(env: Env, id: string, query: URLSearchParams): Promise<boolean> {
  const [expires, signature] = [query.get("expires") ?? "", query.get("signature") ?? ""];
  const isSigned = await crypto.subtle.verify("HMAC", await keyOf(env), fromHex(signature), signedText(id, expires));
  return isSigned && Number(expires) > Date.now() / 1000;
}
