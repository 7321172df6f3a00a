import { next } from "../../data/counter.js";
export const onRequest = () => new Response(String(next()));
