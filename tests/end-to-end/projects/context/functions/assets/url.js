export const onRequest = ({ env, request }) => env.ASSETS.fetch(new URL("/sibling.txt", request.url));
