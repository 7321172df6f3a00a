import type { ActionFunctionArgs, LoaderFunctionArgs } from "react-router";

export const loader = ({ request }: LoaderFunctionArgs) =>
  Response.json({ path: new URL(request.url).pathname, agent: request.headers.get("user-agent") });

export const action = async ({ request }: ActionFunctionArgs) =>
  Response.json(await request.json(), { status: 201 });
