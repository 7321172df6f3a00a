import { describe } from "../../describe";

export const onRequest = describe("./functions/api/[username]/profile.ts");
