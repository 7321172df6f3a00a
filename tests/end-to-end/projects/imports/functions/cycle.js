import { a } from "../data/a.js";
export const onRequest = () => new Response(a());
