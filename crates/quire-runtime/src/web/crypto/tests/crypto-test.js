const bytes = (text) => new TextEncoder().encode(text);
const hex = (buffer) => new Uint8Array(buffer).toHex();
async function rejectsWith(name, promise) {
  assertEquals((await assertRejects(promise, DOMException)).name, name);
}

test("random values", () => {
  const values = new Uint32Array(64);
  assertEquals(crypto.getRandomValues(values) === values, true);
  assert(new Set(values).size > 32);
  const part = new Uint8Array(64).subarray(8, 16);
  crypto.getRandomValues(part);
  assertEquals(new Uint8Array(part.buffer, 16).every((byte) => byte === 0), true);
  assertEquals(assertThrows(() => crypto.getRandomValues(new Uint8Array(65537)), DOMException).name, "QuotaExceededError");
  assertEquals(assertThrows(() => crypto.getRandomValues(new Float32Array(1)), DOMException).name, "TypeMismatchError");
  assertEquals(assertThrows(() => crypto.getRandomValues(new DataView(new ArrayBuffer(1))), DOMException).name, "TypeMismatchError");
  assertThrows(() => crypto.getRandomValues([]), TypeError);
  assert(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()));
  const { randomUUID } = crypto;
  assertThrows(() => randomUUID(), TypeError, "Illegal invocation");
});

test("digests", async () => {
  assertEquals(hex(await crypto.subtle.digest("sha-256", bytes("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assertEquals(hex(await crypto.subtle.digest({ name: "MD5" }, bytes("abc").buffer)), "900150983cd24fb0d6963f7d28e17f72");
  const digest = await crypto.subtle.digest("SHA-1", new DataView(bytes("xabcx").buffer, 1, 3));
  assertEquals([digest instanceof ArrayBuffer, hex(digest)], [true, "a9993e364706816aba3e25717850c26c9cd0d89d"]);
  await rejectsWith("NotSupportedError", crypto.subtle.digest("SHA-224", bytes("")));
  await assertRejects(crypto.subtle.digest("SHA-1", "text"), TypeError);
  await assertRejects(crypto.subtle.digest("SHA-1"), TypeError);
});

test("a digest over much data is that of the data as it was", async () => {
  const data = new Uint8Array(3_000_000).fill(97);
  const promise = crypto.subtle.digest("SHA-256", data);
  data.fill(0);
  assertEquals(hex(await promise), hex(await crypto.subtle.digest("SHA-256", new Uint8Array(3_000_000).fill(97))));
});

const HMAC = { name: "HMAC", hash: "SHA-256" };

test("HMAC signs and verifies", async () => {
  const key = await crypto.subtle.importKey("raw", bytes("Jefe"), HMAC, false, ["verify", "sign"]);
  assertEquals([key.type, key.extractable, key.algorithm, key.usages],
    ["secret", false, { name: "HMAC", hash: { name: "SHA-256" }, length: 32 }, ["sign", "verify"]]);
  const signature = await crypto.subtle.sign("hmac", key, bytes("what do ya want for nothing?"));
  assertEquals(hex(signature), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  assertEquals(await crypto.subtle.verify("HMAC", key, signature, bytes("what do ya want for nothing?")), true);
  assertEquals(await crypto.subtle.verify("HMAC", key, signature, bytes("what")), false);
  assertEquals(await crypto.subtle.verify("HMAC", key, new Uint8Array(3), bytes("what")), false);
  const large = new Uint8Array(2_000_000);
  assertEquals(await crypto.subtle.verify("HMAC", key, await crypto.subtle.sign("HMAC", key, large), large), true);
});

test("HMAC keys come and go as raw bytes and JWK", async () => {
  const key = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-384" }, true, ["sign"]);
  assertEquals([key.algorithm.length, (await crypto.subtle.exportKey("raw", key)).byteLength], [1024, 128]);
  const jwk = { kty: "oct", k: "AAECAw", alg: "HS256", key_ops: ["sign"], ext: true };
  const imported = await crypto.subtle.importKey("jwk", jwk, HMAC, true, ["sign"]);
  assertEquals(hex(await crypto.subtle.exportKey("raw", imported)), "00010203");
  assertEquals(await crypto.subtle.exportKey("jwk", imported), { kty: "oct", k: "AAECAw", alg: "HS256", key_ops: ["sign"], ext: true });
  for (const wrong of [{ kty: "RSA" }, { k: undefined }, { alg: "HS512" }, { ext: false }, { k: "!" }]) {
    await rejectsWith("DataError", crypto.subtle.importKey("jwk", { ...jwk, ...wrong }, HMAC, true, ["sign"]));
  }
});

test("a key is only good for what it is for", async () => {
  const raw = (params, usages, extractable = true) => crypto.subtle.importKey("raw", new Uint8Array(16), params, extractable, usages);
  await rejectsWith("SyntaxError", raw(HMAC, []));
  await rejectsWith("SyntaxError", raw(HMAC, ["encrypt"]));
  await rejectsWith("DataError", raw({ ...HMAC, length: 200 }, ["sign"]));
  await rejectsWith("NotSupportedError", raw({ name: "HMAC", hash: "SHA-3" }, ["sign"]));
  await rejectsWith("NotSupportedError", raw("NOPE", ["sign"]));
  await assertRejects(raw({ name: "HMAC" }, ["sign"]), TypeError);
  await rejectsWith("NotSupportedError", crypto.subtle.importKey("spki", new Uint8Array(16), HMAC, true, ["sign"]));
  await assertRejects(crypto.subtle.importKey("raw", { kty: "oct" }, HMAC, true, ["sign"]), TypeError);
  const key = await raw(HMAC, ["verify"], false);
  await rejectsWith("InvalidAccessError", crypto.subtle.sign("HMAC", key, new Uint8Array(1)));
  await rejectsWith("InvalidAccessError", crypto.subtle.verify("ECDSA", key, new Uint8Array(1), new Uint8Array(1)));
  await rejectsWith("InvalidAccessError", crypto.subtle.exportKey("raw", key));
  await assertRejects(crypto.subtle.sign("HMAC", {}, new Uint8Array(1)), TypeError);
});

test("timingSafeEqual compares bytes", () => {
  assertEquals(crypto.subtle.timingSafeEqual(new Uint8Array([1, 2]), new Uint8Array([1, 2]).buffer), true);
  assertEquals(crypto.subtle.timingSafeEqual(new Uint8Array([1, 2]), new Uint8Array([1, 3])), false);
  assertThrows(() => crypto.subtle.timingSafeEqual(new Uint8Array(1), new Uint8Array(2)), TypeError, "Input buffers must have the same byte length.");
  assertThrows(() => crypto.subtle.timingSafeEqual("a", "a"), TypeError);
});

test("the classes are not for programs to construct", () => {
  for (const Class of [Crypto, SubtleCrypto, CryptoKey]) assertThrows(() => new Class(), TypeError, "Illegal constructor");
});
