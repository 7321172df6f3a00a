import { describe } from "../../describe.js";

export const onRequest = describe("[[repo]].git/info/refs.js");
