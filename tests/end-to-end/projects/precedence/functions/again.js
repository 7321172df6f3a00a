export { onRequest } from "./renamed.js";
