const { subtle } = crypto;
const bytes = (text) => Uint8Array.fromHex(text);
const hex = (buffer) => new Uint8Array(buffer).toHex();
const zeros = (length) => new Uint8Array(length);
const both = ["encrypt", "decrypt"];
async function rejectsWith(name, promise, message) {
  assertEquals((await assertRejects(promise, DOMException, message)).name, name);
}

test("the modes give what their standards say, and undo it", async () => {
  const block = "6bc1bee22e409f96e93d7e117393172a";
  // NIST SP 800-38A F.2.1, F.2.3, F.5.5; the GCM specification's test case 4 with other lengths by node:crypto.
  for (const [name, params, key, result] of [
    ["AES-CBC", { iv: bytes("000102030405060708090a0b0c0d0e0f") }, "2b7e151628aed2a6abf7158809cf4f3c", "7649abac8119b246cee98e9b12e9197d"],
    ["AES-CBC", { iv: bytes("000102030405060708090a0b0c0d0e0f") }, "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", "4f021db243bc633d7178183a9fa071e8"],
    ["AES-CTR", { counter: bytes("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff").buffer, length: 64 },
      "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "601ec313775789a5b7a7f504bbf3d228"],
    ["AES-GCM", { iv: zeros(12) }, "00000000000000000000000000000000", "68f6552e0f3b3f78a0a0a94b57a6bd9c"],
  ]) {
    const imported = await subtle.importKey("raw", bytes(key), name, true, both);
    assertEquals(imported.algorithm, { name, length: key.length * 4 });
    const encrypted = await subtle.encrypt({ name, ...params }, imported, bytes(block));
    if (name !== "AES-GCM") assert(hex(encrypted).startsWith(result), `${name}: ${hex(encrypted)}`);
    assertEquals(hex(await subtle.decrypt({ name: name.toLowerCase(), ...params }, imported, encrypted)), block);
  }
});

test("GCM authenticates the data and what goes with it, with tags and IVs of all lengths", async () => {
  for (const length of [128, 192, 256]) {
    const key = await subtle.generateKey({ name: "AES-GCM", length }, false, both);
    for (const tagLength of [32, 64, 96, 104, 112, 120, 128, undefined]) {
      for (const iv of [zeros(12), zeros(1), zeros(60)]) {
        const params = { name: "AES-GCM", iv, tagLength, additionalData: bytes("0102") };
        const encrypted = await subtle.encrypt(params, key, bytes("abcdef"));
        assertEquals(encrypted.byteLength, 3 + (tagLength ?? 128) / 8);
        assertEquals(hex(await subtle.decrypt(params, key, encrypted)), "abcdef");
        await rejectsWith("OperationError", subtle.decrypt({ ...params, additionalData: undefined }, key, encrypted), "Decryption failed.");
        const changed = new Uint8Array(encrypted);
        changed[0] ^= 1;
        await rejectsWith("OperationError", subtle.decrypt(params, key, changed), "Decryption failed.");
      }
    }
  }
});

// Recorded on the original.
test("parameters that are wrong", async () => {
  const key = (name, usages = both) => subtle.importKey("raw", zeros(16), name, true, usages);
  const gcm = await key("AES-GCM");
  const cbc = await key("AES-CBC");
  const ctr = await key("AES-CTR");
  const encrypt = (params, key, length = 1) => subtle.encrypt(params, key, zeros(length));
  await assertRejects(encrypt("AES-GCM", gcm), TypeError, 'Missing field "iv" in "algorithm".');
  await assertRejects(encrypt({ name: "AES-GCM", iv: "x" }, gcm), TypeError,
    "Incorrect type for the 'iv' field on 'EncryptAlgorithm': the provided value is not of type 'BufferSource'.");
  await rejectsWith("OperationError", encrypt({ name: "AES-GCM", iv: zeros(0) }, gcm), "AES-GCM IV must not be empty.");
  await rejectsWith("OperationError", encrypt({ name: "AES-GCM", iv: zeros(12), tagLength: 33 }, gcm), "Invalid AES-GCM tag length 33.");
  await assertRejects(encrypt({ name: "AES-GCM", iv: zeros(12), tagLength: 2 ** 33 }, gcm), TypeError);
  await rejectsWith("OperationError", subtle.decrypt({ name: "AES-GCM", iv: zeros(12) }, gcm, zeros(5)),
    "Ciphertext length of 40 bits must be greater than or equal to the size of the AES-GCM tag length of 128 bits.");
  await rejectsWith("OperationError", encrypt({ name: "AES-CBC", iv: zeros(12) }, cbc), "AES-CBC IV must be 16 bytes long (provided 12 bytes).");
  for (const [length, output] of [[0, 0], [5, 0], [16, 0], [40, 32]]) {
    await rejectsWith("OperationError", subtle.decrypt({ name: "AES-CBC", iv: zeros(16) }, cbc, zeros(length)),
      "Decryption failed. This could be due to a ciphertext authentication failure, bad padding, incorrect CryptoKey, or another " +
        `algorithm-specific reason. Input length was ${length}, output length expected to be ${output} for AES-CBC`);
  }
  const counter = zeros(16);
  await rejectsWith("OperationError", encrypt({ name: "AES-CTR", counter, length: 0 }, ctr), "Invalid counter of 0 bits length provided.");
  await rejectsWith("OperationError", encrypt({ name: "AES-CTR", counter, length: 129 }, ctr), "Invalid counter of 129 bits");
  await rejectsWith("OperationError", encrypt({ name: "AES-CTR", counter, length: 1 }, ctr, 33), "Counter block values will repeat");
  await rejectsWith("OperationError", encrypt({ name: "AES-CTR", counter: zeros(5), length: 1 }, ctr), "Counter must have length of 16 bytes");
  await rejectsWith("InvalidAccessError", encrypt({ name: "AES-CBC", iv: zeros(16) }, gcm),
    'Requested algorithm "AES-CBC" does not match this CryptoKey\'s algorithm "AES-GCM".');
  await rejectsWith("InvalidAccessError", encrypt({ name: "AES-GCM", iv: zeros(12) }, await key("AES-GCM", ["decrypt"])),
    'Requested key usage "encrypt" does not match any usage listed in this CryptoKey.');
  await assertRejects(encrypt({ name: "AES-GCM", iv: zeros(12) }, {}), TypeError,
    "Failed to execute 'encrypt' on 'SubtleCrypto': parameter 2 is not of type 'CryptoKey'.");
  await assertRejects(subtle.encrypt({ name: "AES-GCM", iv: zeros(12) }, gcm, "x"), TypeError,
    "Failed to execute 'encrypt' on 'SubtleCrypto': parameter 3 is not of type 'BufferSource'.");
});

test("a counter is not changed by counting", async () => {
  const key = await subtle.generateKey({ name: "AES-CTR", length: 128 }, false, ["encrypt"]);
  const counter = zeros(16).fill(255);
  await subtle.encrypt({ name: "AES-CTR", counter, length: 128 }, key, zeros(40));
  assert(counter.every((byte) => byte === 255));
});

test("data is that of the moment of the call", async () => {
  const key = await subtle.importKey("raw", zeros(16), "AES-CBC", false, both);
  const params = { name: "AES-CBC", iv: zeros(16) };
  for (const length of [20, 17 * 1024 * 1024]) {
    const data = new Uint8Array(length).fill(7);
    const promise = subtle.encrypt(params, key, data);
    data.fill(0);
    params.iv.fill(0);
    const result = new Uint8Array(await subtle.decrypt(params, key, await promise));
    assertEquals([result.length, result[0], result[length - 1]], [length, 7, 7]);
  }
});

test("keys wrap keys", async () => {
  // RFC 3394 §4.6
  const all = ["wrapKey", "unwrapKey"];
  const wrapper = await subtle.importKey("raw", bytes("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"), "AES-KW", false, all);
  const secret = bytes("00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F");
  const key = await subtle.importKey("raw", secret, "AES-GCM", true, both);
  const wrapped = await subtle.wrapKey("raw", key, wrapper, "AES-KW");
  assertEquals(hex(wrapped), "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21");
  const unwrap = (data) => subtle.unwrapKey("raw", data, wrapper, "AES-KW", "AES-GCM", true, ["decrypt"]);
  const again = await unwrap(wrapped);
  assertEquals([hex(await subtle.exportKey("raw", again)), again.usages], [secret.toHex(), ["decrypt"]]);
  await rejectsWith("OperationError", unwrap(zeros(24)), "AES-KW key unwrapping failed");
  await rejectsWith("OperationError", unwrap(zeros(20)), "Provided a wrapped key to unwrap that is 160 bits");
  await rejectsWith("OperationError", unwrap(zeros(16)), "Provided a wrapped key to unwrap this is 128 bits");

  const gcm = await subtle.generateKey({ name: "AES-GCM", length: 256 }, true, all.concat(both));
  const params = { name: "AES-GCM", iv: zeros(12) };
  const pair = await subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  for (const format of ["jwk", "pkcs8"]) {
    const wrapped = await subtle.wrapKey(format, pair.privateKey, gcm, params);
    const key = await subtle.unwrapKey(format, wrapped, gcm, params, pair.privateKey.algorithm, false, ["sign"]);
    assertEquals([key.type, key.extractable], ["private", false]);
    await rejectsWith("InvalidAccessError", subtle.wrapKey(format, key, gcm, params), "Attempt to export non-extractable ECDSA key.");
  }
  const junk = await subtle.encrypt(params, gcm, new TextEncoder().encode("5"));
  await rejectsWith("DataError", subtle.unwrapKey("jwk", junk, gcm, params, "AES-GCM", true, both), 'Missing "kty" field');
});

test("AES keys come and go as raw bytes and JWK", async () => {
  for (const [name, usages] of [["AES-CBC", both], ["AES-CTR", both], ["AES-GCM", both], ["AES-KW", ["wrapKey", "unwrapKey"]]]) {
    for (const length of [128, 192, 256]) {
      const key = await subtle.generateKey({ name, length }, true, usages);
      const jwk = await subtle.exportKey("jwk", key);
      assertEquals([jwk.kty, jwk.alg, jwk.ext, jwk.key_ops], ["oct", `A${length}${name.slice(4)}`, true, usages]);
      const again = await subtle.importKey("jwk", jwk, name, true, usages);
      assertEquals(hex(await subtle.exportKey("raw", again)), hex(await subtle.exportKey("raw", key)));
    }
    await rejectsWith("OperationError", subtle.generateKey({ name, length: 100 }, true, usages),
      "Generated AES key length must be 128, 192, or 256 bits but requested 100.");
    await rejectsWith("SyntaxError", subtle.generateKey({ name, length: 128 }, true, []), "Secret/private CryptoKeys must have at least one usage.");
    await rejectsWith("SyntaxError", subtle.generateKey({ name, length: 128 }, true, ["sign"]),
      `Attempt to generate ${name} key with invalid usage "sign".`);
  }
  const jwk = { kty: "oct", k: "AAAAAAAAAAAAAAAAAAAAAA", alg: "A128GCM", use: "enc", key_ops: both, ext: true };
  await subtle.importKey("jwk", jwk, "AES-GCM", true, both);
  for (const wrong of [
    { kty: "RSA" }, { kty: undefined }, { k: undefined }, { k: "AAAA" }, { k: "AAAAAAAA!AAAAAAAAAAAAAA" }, { alg: "A128CBC" }, { use: "sig" },
    { key_ops: ["encrypt"] }, { key_ops: ["encrypt", "decrypt", "encrypt"] }, { ext: false },
  ]) {
    await rejectsWith("DataError", subtle.importKey("jwk", { ...jwk, ...wrong }, "AES-GCM", true, both));
  }
  await subtle.importKey("jwk", { ...jwk, ext: false }, "AES-GCM", false, both);
});
