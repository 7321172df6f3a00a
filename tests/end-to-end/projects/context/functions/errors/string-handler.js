export const onRequest = "text";
