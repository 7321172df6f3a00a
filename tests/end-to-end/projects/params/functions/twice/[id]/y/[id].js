import { describe } from "../../../describe.js";

export const onRequest = describe("twice/[id]/y/[id].js");
