import { describe } from "../../describe";

export const onRequest = describe("./functions/api/todos/[[path]].ts");
