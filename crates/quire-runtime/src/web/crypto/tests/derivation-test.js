const { subtle } = crypto;
const bytes = (text) => new TextEncoder().encode(text);
const hex = (buffer) => new Uint8Array(buffer).toHex();
const secret = (name, usages = ["deriveBits", "deriveKey"], data = bytes("password")) => subtle.importKey("raw", data, name, false, usages);
async function rejectsWith(name, promise, message) {
  assertEquals((await assertRejects(promise, DOMException, message)).name, name);
}

test("PBKDF2", async () => {
  const key = await secret("PBKDF2");
  assertEquals([key.type, key.extractable, key.algorithm, key.usages], ["secret", false, { name: "PBKDF2" }, ["deriveKey", "deriveBits"]]);
  const params = { name: "PBKDF2", hash: "SHA-1", salt: bytes("salt"), iterations: 2 };
  // RFC 6070
  assertEquals(hex(await subtle.deriveBits(params, key, 160)), "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957");
  assertEquals(hex(await subtle.deriveBits({ ...params, iterations: 4096 }, key, 160)), "4b007901b765489abead49d926f721d065a429c1");
  assertEquals((await subtle.deriveBits(params, key, 0)).byteLength, 0);
  // Recorded on the original.
  await rejectsWith("OperationError", subtle.deriveBits(params, key, null), "PBKDF2 cannot derive a key with null length.");
  await rejectsWith("OperationError", subtle.deriveBits(params, key, 7), "PBKDF2 requires a derived key length that is a multiple of eight (requested 7).");
  await assertRejects(subtle.deriveBits(params, key, -8), TypeError, "deriveBits length must be an unsigned long integer.");
  await rejectsWith("OperationError", subtle.deriveBits({ ...params, iterations: 0 }, key, 8), "PBKDF2 requires a positive iteration count (requested 0).");
  await rejectsWith("OperationError", subtle.deriveBits(params, key, 8 * 5200), "Pbkdf2 failed: derived key length exceeds maximum for this hash");
  await assertRejects(subtle.deriveBits({ ...params, salt: undefined }, key, 8), TypeError, 'Missing field "salt" in "algorithm".');
  await rejectsWith("SyntaxError", subtle.importKey("raw", bytes("x"), "PBKDF2", true, ["deriveBits"]), "PBKDF2 key cannot be extractable.");
  await rejectsWith("NotSupportedError", subtle.importKey("jwk", { kty: "oct", k: "AAAA" }, "PBKDF2", false, ["deriveBits"]));
  await rejectsWith("NotSupportedError", subtle.generateKey("PBKDF2", false, ["deriveBits"]), 'Unrecognized key generation algorithm "PBKDF2" requested.');
});

test("a long PBKDF2 leaves time for other work", async () => {
  const key = await secret("PBKDF2");
  const order = [];
  const long = subtle.deriveBits({ name: "PBKDF2", hash: "SHA-512", salt: bytes("salt"), iterations: 300_000 }, key, 256).then(() => order.push("derived"));
  await new Promise((resolve) => setTimeout(resolve, 1));
  order.push("timer");
  await long;
  assertEquals(order, ["timer", "derived"]);
});

test("HKDF", async () => {
  // RFC 5869 A.1
  const key = await secret("HKDF", ["deriveBits"], new Uint8Array(22).fill(0x0b));
  const params = { name: "HKDF", hash: "SHA-256", salt: Uint8Array.fromHex("000102030405060708090a0b0c"), info: Uint8Array.fromHex("f0f1f2f3f4f5f6f7f8f9") };
  assertEquals(hex(await subtle.deriveBits(params, key, 42 * 8)),
    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  await rejectsWith("OperationError", subtle.deriveBits(params, key), "HKDF cannot derive a key with null length.");
  await rejectsWith("OperationError", subtle.deriveBits(params, key, 8 * 255 * 33), "HKDF deriveBits failed.");
  await assertRejects(subtle.deriveBits({ ...params, info: undefined }, key, 8), TypeError, 'Missing field "info" in "algorithm".');
  // Recorded on the original.
  const empty = { ...params, hash: "SHA-1", salt: new Uint8Array(0), info: new Uint8Array(0) };
  assertEquals(hex(await subtle.deriveBits(empty, await secret("HKDF", ["deriveBits"], bytes("pw")), 128)), "f536cb85288cd7f72d4aebe4e5570473");
});

test("keys are derived for other algorithms", async () => {
  const key = await secret("HKDF");
  const params = { name: "HKDF", hash: "SHA-256", salt: bytes("s"), info: bytes("i") };
  const derive = (algorithm, usages, extractable = true) => subtle.deriveKey(params, key, algorithm, extractable, usages);
  const aes = await derive({ name: "AES-GCM", length: 192 }, ["encrypt"]);
  assertEquals(hex(await subtle.exportKey("raw", aes)), hex(await subtle.deriveBits(params, key, 192)));
  const hmac = await derive({ name: "HMAC", hash: "SHA-512" }, ["sign"]);
  assertEquals(hmac.algorithm, { name: "HMAC", hash: { name: "SHA-512" }, length: 1024 });
  await rejectsWith("OperationError", derive({ name: "AES-GCM", length: 100 }, ["encrypt"]), "Derived AES key must be 128, 192, or 256 bits");
  await assertRejects(derive("AES-GCM", ["encrypt"]), TypeError, 'Missing field "length" in "derivedKeyParams".');
  await assertRejects(derive({ name: "HMAC", hash: "SHA-1", length: 0 }, ["sign"]), TypeError, "HMAC key length must be");
  await rejectsWith("NotSupportedError", derive("ECDSA", ["sign"]), 'Unrecognized derived key type "ECDSA" requested.');
  // Without a length all of a shared secret is taken.
  const pair = await subtle.generateKey("X25519", false, ["deriveKey"]);
  const next = await subtle.deriveKey({ name: "X25519", public: pair.publicKey }, pair.privateKey, "HKDF", false, ["deriveBits"]);
  assertEquals((await subtle.deriveBits(params, next, 64)).byteLength, 8);
});
