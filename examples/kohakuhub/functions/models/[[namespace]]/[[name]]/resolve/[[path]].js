// File downloads of models.
export { proxy as onRequest } from "../../../../_proxy.js";
