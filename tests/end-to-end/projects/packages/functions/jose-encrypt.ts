import * as jose from "jose";

/** Encrypts and decrypts a token with every way of managing keys. */
export const onRequest: PagesFunction = async () => {
  const results: Record<string, unknown> = {};
  for (const [alg, enc] of [["dir", "A256GCM"], ["A128KW", "A128CBC-HS256"], ["A256GCMKW", "A256GCM"], ["RSA-OAEP-256", "A256CBC-HS512"], ["ECDH-ES", "A128GCM"], ["ECDH-ES+A256KW", "A256GCM"], ["PBES2-HS256+A128KW", "A128GCM"]]) {
    let publicKey, privateKey;
    if (alg === "PBES2-HS256+A128KW") publicKey = privateKey = new TextEncoder().encode("correct horse battery staple");
    else if (alg === "dir" || alg.endsWith("KW") && !alg.startsWith("ECDH")) publicKey = privateKey = await jose.generateSecret(alg === "dir" ? enc : alg);
    else ({ publicKey, privateKey } = await jose.generateKeyPair(alg));
    const token = await new jose.EncryptJWT({ secret: alg }).setProtectedHeader({ alg, enc }).encrypt(publicKey as never);
    const { payload, protectedHeader } = await jose.jwtDecrypt(token, privateKey as never, { keyManagementAlgorithms: [alg], maxPBES2Count: 10000 } as never);
    results[`${alg} ${enc}`] = [payload.secret, protectedHeader.enc, token.split(".").length];
  }
  return Response.json(results);
};
