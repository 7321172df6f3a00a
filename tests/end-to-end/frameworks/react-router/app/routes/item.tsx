import { type LoaderFunctionArgs, useLoaderData } from "react-router";

export function loader({ params }: LoaderFunctionArgs) {
  if (params.id === "0") throw new Response("no such item", { status: 404 });
  if (params.id === "x") throw new Error("broken");
  return { id: params.id };
}

export default function Item() {
  return <h1>Item {useLoaderData<typeof loader>().id}</h1>;
}
