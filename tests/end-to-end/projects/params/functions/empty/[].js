import { describe } from "../describe.js";

export const onRequest = describe("empty/[].js");
