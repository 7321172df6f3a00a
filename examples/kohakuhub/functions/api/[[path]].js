// Everything under /api/.
export { proxy as onRequest } from "../_proxy.js";
