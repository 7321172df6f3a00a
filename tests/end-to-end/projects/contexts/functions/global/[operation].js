import { outcomes } from "../../source/global.js";

export const onRequest = ({ params }) => new Response(outcomes[params.operation] ?? "no such operation");
