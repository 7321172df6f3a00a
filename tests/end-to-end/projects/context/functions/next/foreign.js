export const onRequest = ({ next }) => next("https://example.com/about");
