export const onRequest = ({ next }) => next("/nothing/here");
