export const onRequest = ({ next }) => next("/about", { method: "HEAD" });
