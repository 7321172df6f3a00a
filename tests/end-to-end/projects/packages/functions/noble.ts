import { blake2b } from "@noble/hashes/blake2.js";
import { blake3 } from "@noble/hashes/blake3.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { ripemd160 } from "@noble/hashes/legacy.js";
import { pbkdf2 } from "@noble/hashes/pbkdf2.js";
import { scrypt } from "@noble/hashes/scrypt.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { keccak_256, sha3_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** Digests of `?text=`, of which those that the platform has too must agree with it. */
export const onRequest: PagesFunction = async ({ request }) => {
  const bytes = utf8ToBytes(new URL(request.url).searchParams.get("text") ?? "");
  const native = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const all = { sha256, sha512, sha3_256, keccak_256, blake3, ripemd160, blake2b };
  return Response.json({
    ...Object.fromEntries(Object.entries(all).map(([name, hash]) => [name, bytesToHex(hash(bytes))])),
    hmac: bytesToHex(hmac(sha256, utf8ToBytes("key"), bytes)),
    hkdf: bytesToHex(hkdf(sha256, bytes, utf8ToBytes("salt"), utf8ToBytes("info"), 16)),
    pbkdf2: bytesToHex(pbkdf2(sha256, bytes, utf8ToBytes("salt"), { c: 16, dkLen: 16 })),
    scrypt: bytesToHex(scrypt(bytes, utf8ToBytes("salt"), { N: 256, r: 8, p: 1, dkLen: 16 })),
    agrees: bytesToHex(native) === bytesToHex(sha256(bytes)),
  });
};
