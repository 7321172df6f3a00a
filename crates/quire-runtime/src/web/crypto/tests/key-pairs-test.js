const { subtle } = crypto;
const zeros = (length) => new Uint8Array(length);
const exponent = new Uint8Array([1, 0, 1]);
async function rejectsWith(name, promise, message) {
  assertEquals((await assertRejects(promise, DOMException, message)).name, name);
}
const attributes = ({ type, extractable, usages, algorithm }) => [type, extractable, usages, algorithm];

test("pairs are made with the usages of each half", async () => {
  for (const [params, usages, forPrivate, forPublic] of [
    [{ name: "RSASSA-PKCS1-v1_5", modulusLength: 1024, publicExponent: exponent, hash: { name: "SHA-256" } }, ["verify", "sign"], ["sign"], ["verify"]],
    [{ name: "RSA-OAEP", modulusLength: 512, publicExponent: new Uint8Array([3]), hash: { name: "SHA-1" } },
      ["encrypt", "decrypt", "wrapKey", "unwrapKey"], ["decrypt", "unwrapKey"], ["encrypt", "wrapKey"]],
    [{ name: "ECDSA", namedCurve: "P-521" }, ["sign", "verify", "sign"], ["sign"], ["verify"]],
    [{ name: "ECDH", namedCurve: "P-384" }, ["deriveBits"], ["deriveBits"], []],
    [{ name: "Ed25519" }, ["sign"], ["sign"], []],
    [{ name: "X25519" }, ["deriveKey", "deriveBits"], ["deriveKey", "deriveBits"], []],
    [{ name: "NODE-ED25519", namedCurve: "NODE-ED25519" }, ["sign", "verify"], ["sign"], ["verify"]],
  ]) {
    const pair = await subtle.generateKey(params, false, usages);
    assertEquals(Object.keys(pair), ["publicKey", "privateKey"]);
    assertEquals(attributes(pair.privateKey), ["private", false, forPrivate, params]);
    assertEquals(attributes(pair.publicKey), ["public", true, forPublic, params]);
    await rejectsWith("InvalidAccessError", subtle.exportKey("pkcs8", pair.privateKey), `Attempt to export non-extractable ${params.name} key.`);
    await rejectsWith("SyntaxError", subtle.generateKey(params, true, []), "Attempt to generate asymmetric keys with no valid private key usages.");
  }
});

test("RSA keys within the original's limits", async () => {
  const generate = (more) => subtle.generateKey({ name: "RSA-PSS", hash: "SHA-1", modulusLength: 1024, publicExponent: exponent, ...more }, true, ["sign", "verify"]);
  const { publicKey, privateKey } = await generate({ publicExponent: new Uint8Array([0, 1, 0, 1]) });
  assertEquals(publicKey.algorithm.publicExponent, new Uint8Array([0, 1, 0, 1]));
  const jwk = await subtle.exportKey("jwk", privateKey);
  assertEquals([jwk.e, jwk.alg], ["AQAB", "PS1"]);
  // Recorded on the original.
  for (const [more, message] of [
    [{ publicExponent: new Uint8Array([1]) }, 'The "publicExponent" must be either 3 or 65537, but got 1.'],
    [{ publicExponent: zeros(5).fill(1) }, 'The "publicExponent" must be either 3 or 65537, but got a number larger than 2^32.'],
    [{ modulusLength: 0 }, "modulusLength must be greater than zero (requested 0)."],
    [{ modulusLength: 1000 }, "Can't generate key: RSA key size is required to be a multiple of 128"],
    [{ modulusLength: 1001 }, "The modulus length must be a multiple of 8 and between 256 and 16k, but 1001 was requested."],
    [{ modulusLength: 100000 }, "The modulus length must be a multiple of 8 and between 256 and 16k, but 100000 was requested."],
  ]) {
    await rejectsWith("OperationError", generate(more), message);
  }
  await assertRejects(generate({ publicExponent: [1, 0, 1] }), TypeError, "Incorrect type for the 'publicExponent' field");
  await assertRejects(generate({ hash: undefined }), TypeError, 'Missing field "hash" in "algorithm".');
  const sign = (saltLength) => subtle.sign({ name: "RSA-PSS", saltLength }, privateKey, zeros(1));
  await rejectsWith("OperationError", sign(120), "key too small for signing with given digest and salt length");
  await rejectsWith("DataError", sign(-1), "SaltLength for RSA-PSS must be non-negative (provided -1).");
});

test("making an RSA key leaves time for other work", async () => {
  const order = [];
  const params = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: 4096, publicExponent: exponent };
  const made = subtle.generateKey(params, false, ["sign"]).then(() => order.push("made"));
  await new Promise((resolve) => setTimeout(resolve, 1));
  order.push("timer");
  await made;
  assertEquals(order, ["timer", "made"]);
});

test("RSA-RAW signs what is padded already", async () => {
  const params = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: 1024, publicExponent: exponent };
  const { privateKey } = await subtle.generateKey(params, true, ["sign"]);
  const { alg, ...jwk } = await subtle.exportKey("jwk", privateKey);
  const key = await subtle.importKey("jwk", jwk, "RSA-RAW", true, ["sign"]);
  assertEquals(attributes(key), ["private", true, ["sign"], { name: "RSA-RAW", modulusLength: 1024, publicExponent: exponent }]);
  const power = (base, exponent, modulus) => {
    let result = 1n;
    for (; exponent > 0n; exponent >>= 1n, base = (base * base) % modulus) if (exponent & 1n) result = (result * base) % modulus;
    return result;
  };
  const number = (bytes) => BigInt(`0x${new Uint8Array(bytes).toHex()}`);
  const member = (name) => number(Uint8Array.fromBase64(jwk[name], { alphabet: "base64url" }));
  const signature = await subtle.sign("RSA-RAW", key, new Uint8Array([1, 2, 3]));
  assertEquals([signature.byteLength, power(number(signature), 65537n, member("n"))], [128, 0x010203n]);
  await rejectsWith("DataError", subtle.sign("RSA-RAW", key, zeros(129)), "Blind Signing requires presigned data (129 bytes)");
  const { n, e, kty } = jwk;
  await rejectsWith("DataError", subtle.importKey("jwk", { n, e, kty }, "RSA-RAW", true, []), 'RSA-RAW only supports private keys but requested "public".');
});

test("JSON Web Keys that are wrong", async () => {
  const ec = { name: "ECDSA", namedCurve: "P-256" };
  const rsa = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const made = async (params) => {
    const { privateKey } = await subtle.generateKey({ ...params, modulusLength: 1024, publicExponent: exponent }, true, ["sign"]);
    return subtle.exportKey("jwk", privateKey);
  };
  const import_ = (jwk, params, usages = ["sign"]) => subtle.importKey("jwk", jwk, params, true, usages);
  const keys = { ec: await made(ec), rsa: await made(rsa), ed: await made({ name: "Ed25519" }) };
  const other = { ec: await made(ec), rsa: await made(rsa), ed: await made({ name: "Ed25519" }) };
  for (const [kind, params, name, wrongs] of [
    ["ec", ec, "DataError", [{ kty: "RSA" }, { crv: "P-384" }, { crv: undefined }, { x: undefined }, { y: "AAAA" }, { d: "AAAA" }, { d: other.ec.d }, { alg: "ES384" }]],
    ["ec", ec, "NotSupportedError", [{ alg: "foo" }]],
    ["rsa", rsa, "DataError", [{ kty: "EC" }, { n: undefined }, { e: undefined }, { d: "!" }, { p: undefined }, { p: other.rsa.p }, { alg: "RS384" }]],
    ["rsa", rsa, "NotSupportedError", [{ alg: "foo" }, { oth: [] }]],
    ["rsa", rsa, "OperationError", [{ e: "BQ" }]],
    ["ed", "Ed25519", "DataError", [{ kty: "EC" }, { crv: "X25519" }, { crv: undefined }, { x: undefined }, { x: "AAAA" }, { d: "AAAA" }, { d: other.ed.d }, { alg: "ES256" }]],
  ]) {
    for (const wrong of wrongs) await rejectsWith(name, import_({ ...keys[kind], ...wrong }, params));
    for (const wrong of [{ use: "enc" }, { key_ops: ["verify"] }, { key_ops: ["sign", "sign"] }, { ext: false }]) {
      await rejectsWith("DataError", import_({ ...keys[kind], ...wrong }, params));
    }
    const { d, ...publicKey } = keys[kind];
    await rejectsWith("SyntaxError", import_(publicKey, params), "Attempt to import public");
    await rejectsWith("SyntaxError", import_(keys[kind], params, []), "Secret/private CryptoKeys must have at least one usage.");
  }
  // Only the numbers that the private key needs.
  const { kty, n, e, d } = keys.rsa;
  const key = await import_({ kty, n, e, d }, rsa);
  assertEquals((await subtle.sign(rsa.name, key, zeros(1))).byteLength, 128);
  // Zeros at the beginning of a number may be missing.
  const point = await import_({ kty: "EC", crv: "P-256", x: "TL0BqA6XnwmICutVt5l7WOZhcfduCXf52_ADPH-Row", y: "GcYXSLkGCmr1V3GvvMEjxpXv9zn2Q1O9WZThfEfHi9Y" }, ec, ["verify"]);
  assertEquals((await subtle.exportKey("jwk", point)).x, "AEy9AagOl58JiArrVbeZe1jmYXH3bgl3-dvwAzx_kaM");
  // Nobody looks at `alg` of an ECDH key.
  await import_({ ...keys.ec, alg: "anything", key_ops: undefined }, { name: "ECDH", namedCurve: "P-256" }, ["deriveBits"]);
});

test("keys in other formats that are wrong", async () => {
  const ec = { name: "ECDSA", namedCurve: "P-256" };
  const pair = await subtle.generateKey(ec, true, ["sign", "verify"]);
  const spki = new Uint8Array(await subtle.exportKey("spki", pair.publicKey));
  const import_ = (format, data, params, usages = ["verify"]) => subtle.importKey(format, data, params, true, usages);
  await rejectsWith("DataError", import_("spki", spki, { ...ec, namedCurve: "P-384" }), '"algorithm.namedCurve"');
  await rejectsWith("DataError", import_("spki", spki, { name: "RSA-PSS", hash: "SHA-1" }), "Input was not an RSA key");
  await rejectsWith("DataError", import_("spki", new Uint8Array([...spki, 0]), ec), "Invalid 1 trailing bytes after SPKI input.");
  await rejectsWith("DataError", import_("spki", zeros(65), ec), "Invalid SPKI input.");
  await rejectsWith("DataError", import_("pkcs8", zeros(65), ec, ["sign"]), "Invalid PKCS8 input.");
  await rejectsWith("DataError", import_("raw", zeros(65), ec), "Failed to import raw EC key data");
  await rejectsWith("DataError", import_("raw", zeros(5), "Ed25519"), "Ed25519 raw keys must be exactly 32-bytes (provided 5).");
  await rejectsWith("SyntaxError", import_("spki", spki, ec, ["sign"]), 'Attempt to import public ECDSA key with invalid usage "sign".');
  await rejectsWith("NotSupportedError", import_("raw", zeros(5), { name: "RSA-PSS", hash: "SHA-1" }), 'Unrecognized key import format "raw".');
  await rejectsWith("NotSupportedError", import_("foo", zeros(5), ec), 'Unrecognized key import format "foo".');
  await assertRejects(import_("raw", zeros(5), "ECDSA"), TypeError, 'Missing field "namedCurve" in "algorithm".');
  await rejectsWith("NotSupportedError", import_("raw", zeros(5), { ...ec, namedCurve: "x" }), 'Unrecognized or unimplemented EC curve "x" requested.');
  await rejectsWith("InvalidAccessError", subtle.exportKey("pkcs8", pair.publicKey), 'Asymmetric pkcs8 export requires private key (not "public").');
  await rejectsWith("InvalidAccessError", subtle.exportKey("spki", pair.privateKey), 'Asymmetric spki export requires public key (not "private").');
  await rejectsWith("InvalidAccessError", subtle.exportKey("raw", pair.privateKey), "Raw export of elliptic curve keys is only allowed for public keys.");
});

test("agreement needs the other side's public key of the same kind", async () => {
  const pair = (params) => subtle.generateKey(params, true, ["deriveBits"]);
  const mine = await pair({ name: "ECDH", namedCurve: "P-256" });
  const derive = (peer, length = null, key = mine.privateKey) => subtle.deriveBits({ name: key.algorithm.name, public: peer }, key, length);
  await assertRejects(derive(undefined), TypeError, 'Missing field "public" in "derivedKeyParams".');
  await assertRejects(derive({}), TypeError, "Incorrect type for the 'public' field on 'DeriveKeyAlgorithm'");
  await rejectsWith("InvalidAccessError", derive(mine.privateKey), 'The provided key has type "private", not "public"');
  await rejectsWith("InvalidAccessError", derive((await pair({ name: "ECDH", namedCurve: "P-384" })).publicKey),
    'Private key for derivation is using curve "P-256" while public key is using "P-384".');
  const x = await pair("X25519");
  await rejectsWith("InvalidAccessError", derive(x.publicKey));
  await rejectsWith("OperationError", derive(mine.publicKey, 264), "Derived key length (264 bits) is too long (should be at most 256 bits).");
  const small = await subtle.importKey("raw", zeros(32), "X25519", true, []);
  await rejectsWith("OperationError", derive(small, null, x.privateKey));
});

test("attributes of a key are its own", async () => {
  const key = await subtle.generateKey({ name: "HMAC", hash: "SHA-1" }, false, ["sign"]);
  assert(key.algorithm === key.algorithm && key.usages === key.usages, "the same object each time");
  key.algorithm.name = "AES-GCM";
  key.usages.push("verify");
  await subtle.sign("HMAC", key, zeros(1));
  await rejectsWith("InvalidAccessError", subtle.verify("HMAC", key, zeros(20), zeros(1)));
});

test("what nothing knows", async () => {
  await rejectsWith("NotSupportedError", subtle.generateKey("Ed448", true, ["sign"]), 'Unrecognized key generation algorithm "Ed448" requested.');
  await rejectsWith("NotSupportedError", subtle.importKey("raw", zeros(1), "H\u212ADF", false, ["deriveBits"]));
  await assertRejects(subtle.digest({}, zeros(1)), TypeError);
  await assertRejects(subtle.digest(null, zeros(1)), TypeError);
  await assertRejects(subtle.generateKey({ name: "AES-GCM", length: 128 }, true, "encrypt"), TypeError,
    "Failed to execute 'generateKey' on 'SubtleCrypto': parameter 3 is not of type 'Array'.");
});
