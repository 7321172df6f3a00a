import { describe } from "../describe";

export const onRequest = describe("./functions/api/time.ts");
