export const onRequest = () => {};
