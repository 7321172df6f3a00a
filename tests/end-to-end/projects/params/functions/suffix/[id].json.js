import { describe } from "../describe.js";

export const onRequest = describe("suffix/[id].json.js");
