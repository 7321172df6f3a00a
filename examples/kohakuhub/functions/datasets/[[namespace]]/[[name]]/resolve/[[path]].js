// File downloads of datasets.
export { proxy as onRequest } from "../../../../_proxy.js";
