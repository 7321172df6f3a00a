// File downloads of spaces.
export { proxy as onRequest } from "../../../../_proxy.js";
