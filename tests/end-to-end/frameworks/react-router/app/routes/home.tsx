import { Suspense, useState } from "react";
import { Await, type LoaderFunctionArgs, useLoaderData } from "react-router";

export const meta = () => [{ title: "React Router" }];

export async function loader({ context }: LoaderFunctionArgs) {
  const { env } = context.cloudflare as {
    env: {
      COUNTS: { get(key: string): Promise<string | null>; put(key: string, value: string): Promise<void> };
      GREETING: string;
    };
  };
  const count = Number((await env.COUNTS.get("count")) ?? 0) + 1;
  await env.COUNTS.put("count", String(count));
  return {
    count,
    greeting: env.GREETING,
    later: new Promise<string>((resolve) => setTimeout(() => resolve("later"), 20)),
  };
}

export default function Home() {
  const { count, greeting, later } = useLoaderData<typeof loader>();
  const [clicks, setClicks] = useState(0);
  return (
    <>
      <h1>Hello {greeting}</h1>
      <p id="count">{count}</p>
      <button onClick={() => setClicks(clicks + 1)}>clicked {clicks}</button>
      <Suspense fallback={<p>waiting</p>}>
        <Await resolve={later}>{(value) => <p id="later">{value}</p>}</Await>
      </Suspense>
    </>
  );
}
