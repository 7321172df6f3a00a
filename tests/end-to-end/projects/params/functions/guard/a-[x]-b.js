import { describe } from "../describe.js";

export const onRequest = describe("guard/a-[x]-b.js");
