// Organisation pages and their data.
export { proxy as onRequest } from "../_proxy.js";
