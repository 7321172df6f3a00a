import { AsyncLocalStorage } from "async_hooks";
export default "dflt";
export const f = async () => { await new Promise((r) => setTimeout(r, 1)); return "f"; };
export const onRequestGet = () => new Response("other");
