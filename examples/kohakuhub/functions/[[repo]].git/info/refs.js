// Ref advertisement: GET /namespace/name.git/info/refs?service=git-upload-pack or git-receive-pack.
export { proxy as onRequest } from "../../_proxy.js";
