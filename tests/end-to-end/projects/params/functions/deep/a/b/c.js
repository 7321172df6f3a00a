import { describe } from "../../../describe.js";

export const onRequest = describe("deep/a/b/c.js");
