export const onRequest = () => Promise.reject(new TypeError("rejected"));
