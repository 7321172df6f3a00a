export const onRequest = () => new (class extends Response {})("a subclass");
