import { describe } from "../describe.js";

export const onRequest = describe("plain/index.js");
