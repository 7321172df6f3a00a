export const onRequest = [];
