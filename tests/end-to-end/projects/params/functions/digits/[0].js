import { describe } from "../describe.js";

export const onRequest = describe("digits/[0].js");
