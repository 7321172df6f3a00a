// Push.
export { proxy as onRequest } from "../_proxy.js";
