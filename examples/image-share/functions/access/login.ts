import { mintToken } from "../../src/access";
import { type Env, problem } from "../../src/env";

/** POST /access/login?email=…: a token for whoever asks, as text and as the cookie that Access sets. For the demonstration. */
export const onRequestPost: PagesFunction<Env> = async ({ request, env }) => {
  if (env.DEMO_LOGIN !== "on") return problem(404, "there is no such page");
  const email = new URL(request.url).searchParams.get("email") ?? "admin@example.com";
  const token = await mintToken(env, request, email);
  const cookie = `CF_Authorization=${token}; Path=/; HttpOnly; SameSite=Strict`;
  return new Response(token, { headers: { "set-cookie": cookie } });
};
