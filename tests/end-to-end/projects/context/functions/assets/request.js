export const onRequest = ({ env, request }) => env.ASSETS.fetch(new Request(new URL("/about", request.url), request));
