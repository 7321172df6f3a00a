import * as jose from "jose";

/** Signs, verifies and looks at what was refused, with the algorithm that `?alg=` names. */
export const onRequest: PagesFunction = async ({ request }) => {
  const alg = new URL(request.url).searchParams.get("alg") ?? "HS256";
  const claims = { role: "admin" };
  const make = (signer: jose.SignJWT) => signer.setProtectedHeader({ alg }).setIssuer("quire").setAudience("you").setExpirationTime("2h");
  let signing, verifying;
  if (alg.startsWith("HS")) {
    signing = verifying = new TextEncoder().encode("a secret of at least sixty-four bytes, as the longest of them needs");
  } else {
    const pair = await jose.generateKeyPair(alg, { extractable: true });
    const jwk = await jose.exportJWK(pair.publicKey);
    signing = await jose.importPKCS8(await jose.exportPKCS8(pair.privateKey), alg);
    verifying = jose.createLocalJWKSet({ keys: [{ ...jwk, alg, kid: await jose.calculateJwkThumbprint(jwk) }] });
  }
  const token = await make(new jose.SignJWT(claims)).sign(signing);
  const { payload, protectedHeader } = await jose.jwtVerify(token, verifying as never, { issuer: "quire", audience: "you" });
  const refused = async (work: Promise<unknown>) => work.then(() => "accepted", (error) => error.code);
  return Response.json({
    header: protectedHeader,
    role: payload.role,
    tampered: await refused(jose.jwtVerify(`${token.slice(0, -6)}AAAAAA`, verifying as never)),
    elsewhere: await refused(jose.jwtVerify(token, verifying as never, { audience: "me" })),
    late: await refused(jose.jwtVerify(token, verifying as never, { currentDate: new Date(Date.now() + 1e8) })),
  });
};
