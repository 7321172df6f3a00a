export const onRequest = ({ next, request }) => next(new Request(new URL("/about", request.url), request));
