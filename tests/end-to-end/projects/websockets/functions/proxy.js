export const onRequest = ({ request }) => fetch(new URL("/echo?mark=proxied", request.url), request);
