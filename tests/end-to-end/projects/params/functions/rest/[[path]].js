import { describe } from "../describe.js";

export const onRequest = describe("rest/[[path]].js");
