import { describe } from "../../describe.js";

export const onRequest = describe("mixed/[a]/[[b]].js");
