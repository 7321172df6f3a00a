import { describe } from "../describe.js";

export const onRequest = describe("one/[a].js");
