export const onRequest = () => ({ status: 200, body: "no Response" });
