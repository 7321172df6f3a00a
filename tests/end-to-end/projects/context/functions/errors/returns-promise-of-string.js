export const onRequest = async () => "a string";
