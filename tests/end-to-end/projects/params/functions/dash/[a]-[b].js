import { describe } from "../describe.js";

export const onRequest = describe("dash/[a]-[b].js");
