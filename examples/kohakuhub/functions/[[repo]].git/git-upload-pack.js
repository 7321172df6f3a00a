// Clone, fetch and pull.
export { proxy as onRequest } from "../_proxy.js";
