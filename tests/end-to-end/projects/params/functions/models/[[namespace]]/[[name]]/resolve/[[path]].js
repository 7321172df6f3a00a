import { describe } from "../../../../describe.js";

export const onRequest = describe("models/[[namespace]]/[[name]]/resolve/[[path]].js");
