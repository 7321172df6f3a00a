import { env as imported } from "cloudflare:workers";

/** Exactly this type: `any` would pass for every other. */
type Is<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const check = <A, B>(_: Is<A, B>) => {};

check<Env["PLAIN"], 'a "text"'>(true);
check<Env["odd-name"], "x">(true);
check<Env["NUMBER"], 5>(true);
check<Env["JSON"]["list"][1], "two">(true);
check<Env["SECRET"], string>(true);
check<Env["CF_PAGES"], string>(true);
check<Env["ASSETS"], Fetcher>(true);
check<Env["ROOM"], DurableObjectNamespace>(true);
check<Env["JOBS"], Queue>(true);

export const onRequest: PagesFunction<Env> = async ({ env }) => {
  const value: string | null = await env.KV.get("key");
  const object = await env.FILES.get("name");
  const row = await env.DB.prepare("SELECT 1").first<{ one: number }>();
  const stub = env.ROOM.get(env.ROOM.idFromName("a"));
  const answer: Response = await env.AUTH.fetch("https://auth/");
  await env.LOGIN.fetch("https://auth/");
  env.POINTS.writeDataPoint({ blobs: ["a"], doubles: [1], indexes: ["i"] });
  const { success } = await env.LIMIT.limit({ key: "me" });
  const shared: string = await env.SHARED.get();
  const { id, timestamp }: { id: string; timestamp: string } = env.VERSION;
  const port: number = env.PG.port;
  await env.JOBS.send({ job: 1 });
  await env.AI.run("@cf/meta/llama-3.1-8b-instruct", { prompt: "hello" });
  check<typeof imported.NUMBER, 5>(true);
  return Response.json([value, object, row, stub.id.toString(), answer.status, success, shared, id, timestamp, port]);
};
