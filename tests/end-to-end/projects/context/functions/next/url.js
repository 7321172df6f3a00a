export const onRequest = ({ next, request }) => next(new URL("/about", request.url));
