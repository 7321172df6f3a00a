export const onRequest = ({ next }) => next("./sibling.txt");
