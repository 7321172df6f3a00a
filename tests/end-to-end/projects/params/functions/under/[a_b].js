import { describe } from "../describe.js";

export const onRequest = describe("under/[a_b].js");
