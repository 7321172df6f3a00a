// The repository's HEAD reference.
export { proxy as onRequest } from "../_proxy.js";
