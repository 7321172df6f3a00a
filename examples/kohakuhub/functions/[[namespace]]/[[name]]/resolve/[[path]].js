// File downloads by the older path without a kind: models.
export { proxy as onRequest } from "../../../_proxy.js";
