export const onRequest = () => "a string";
