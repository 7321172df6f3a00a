import { describe } from "../describe.js";

export const onRequest = describe("names/[name].[ext].js");
