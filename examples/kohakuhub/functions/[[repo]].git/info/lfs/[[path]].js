// Git LFS: the batch API and the transfer of objects.
export { proxy as onRequest } from "../../../_proxy.js";
