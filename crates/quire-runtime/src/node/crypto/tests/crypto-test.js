const nodeCrypto = requireNode("crypto");
const { Buffer } = requireNode("buffer");
const { Readable } = requireNode("stream");
const { promisify } = requireNode("util");

test("by callback what there is at once", async () => {
  assertEquals((await promisify(nodeCrypto.pbkdf2)("pw", "salt", 10, 16, "sha1")).toString("hex"), nodeCrypto.pbkdf2Sync("pw", "salt", 10, 16, "sha1").toString("hex"));
  assertEquals((await promisify(nodeCrypto.scrypt)("pw", "salt", 16)).toString("hex"), nodeCrypto.scryptSync("pw", "salt", 16).toString("hex"));
  assertEquals(new Uint8Array(await promisify(nodeCrypto.hkdf)("sha256", "k", "s", "i", 8)), new Uint8Array(nodeCrypto.hkdfSync("sha256", "k", "s", "i", 8)));
  assertEquals((await promisify(nodeCrypto.randomBytes)(9)).length, 9);
  assertEquals(await promisify(nodeCrypto.randomInt)(3, 4), 3);
  assertEquals(await promisify(nodeCrypto.checkPrime)(7n), true);
  assertEquals((await promisify(nodeCrypto.generateKey)("aes", { length: 128 })).symmetricKeySize, 16);
  await assertRejects(promisify(nodeCrypto.scrypt)("pw", "salt", 16, { N: 5 }), RangeError);
});

test("pairs made elsewhere sign, verify and encrypt", async () => {
  const { publicKey, privateKey } = await promisify(nodeCrypto.generateKeyPair)("rsa", { modulusLength: 1024 });
  const signature = await promisify(nodeCrypto.sign)("sha256", Buffer.from("x"), privateKey);
  assert(await promisify(nodeCrypto.verify)("sha256", Buffer.from("x"), publicKey, signature));
  assertEquals(nodeCrypto.privateDecrypt(privateKey, nodeCrypto.publicEncrypt(publicKey, Buffer.from("secret"))).toString(), "secret");
  const pss = { padding: nodeCrypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 20 };
  assert(nodeCrypto.createVerify("sha1").update("y").verify({ key: publicKey, ...pss }, nodeCrypto.createSign("sha1").update("y").sign({ key: privateKey, ...pss })));
  const pem = await promisify(nodeCrypto.generateKeyPair)("ed25519", {
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "p" },
  });
  assert(pem.publicKey.startsWith("-----BEGIN PUBLIC KEY-----") && pem.privateKey.startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
  const made = nodeCrypto.sign(null, "z", { key: pem.privateKey, passphrase: "p" });
  assert(nodeCrypto.verify(null, "z", pem.publicKey, made));
});

test("hashes and ciphers are streams", async () => {
  const hash = Readable.from(["a", "b"]).pipe(nodeCrypto.createHash("md5"));
  assertEquals((await hash.toArray())[0].toString("hex"), nodeCrypto.hash("md5", "ab"));
  const [key, iv] = [Buffer.alloc(32, 1), Buffer.alloc(16, 2)];
  const both = Readable.from([Buffer.from("through a "), Buffer.from("pipe")])
    .pipe(nodeCrypto.createCipheriv("aes-256-cbc", key, iv))
    .pipe(nodeCrypto.createDecipheriv("aes-256-cbc", key, iv));
  assertEquals(Buffer.concat(await both.toArray()).toString(), "through a pipe");
  const hmac = nodeCrypto.createHmac("sha1", "k");
  hmac.end("data");
  assertEquals((await hmac.toArray())[0].toString("hex"), nodeCrypto.createHmac("sha1", "k").update("data").digest("hex"));
  const broken = nodeCrypto.createDecipheriv("aes-256-cbc", key, iv);
  broken.end("not encrypted");
  assertEquals((await assertRejects(broken.toArray(), Error)).code, "ERR_OSSL_WRONG_FINAL_BLOCK_LENGTH");
});

test("keys of the Web Cryptography API can be used", async () => {
  const secret = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, true, ["sign"]);
  const expected = new Uint8Array(await crypto.subtle.sign("HMAC", secret, Buffer.from("x")));
  assertEquals(new Uint8Array(nodeCrypto.createHmac("sha256", secret).update("x").digest()), expected);
  const { publicKey, privateKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const signature = nodeCrypto.sign("sha256", Buffer.from("x"), { key: nodeCrypto.KeyObject.from(privateKey), dsaEncoding: "ieee-p1363" });
  assert(await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, publicKey, signature, Buffer.from("x")));
  assert(nodeCrypto.webcrypto === crypto && nodeCrypto.subtle === crypto.subtle);
});

test("random values differ and fill what they should", async () => {
  assert(!nodeCrypto.randomBytes(16).equals(nodeCrypto.randomBytes(16)));
  const view = new Uint8Array(64);
  nodeCrypto.randomFillSync(view, 8, 8);
  assert(view.slice(0, 8).every((byte) => byte === 0) && view.slice(16).every((byte) => byte === 0) && view.slice(8, 16).some((byte) => byte !== 0));
  await new Promise((resolve) => nodeCrypto.randomFill(view, resolve));
  const numbers = Array.from({ length: 200 }, () => nodeCrypto.randomInt(10));
  assert(Math.min(...numbers) >= 0 && Math.max(...numbers) <= 9 && new Set(numbers).size > 5);
  assert(nodeCrypto.getHashes().includes("sha256") && nodeCrypto.getCurves().includes("secp256k1"));
});
