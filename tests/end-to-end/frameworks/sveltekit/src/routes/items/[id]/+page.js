import { error } from "@sveltejs/kit";
export function load({ params }) {
  if (params.id === "0") error(404, "no such item");
  if (params.id === "x") throw new Error("broken");
  return { id: params.id };
}
