import { describe } from "../describe.js";

export const onRequest = describe("[[repo]].git/HEAD.js");
