/** The service's response is the response: its body, and its socket, go to the client. */
export const onRequest = ({ env, request }) => env.PLAIN.fetch(`http://plain/${request.headers.get("x-target") ?? "status"}`, request);
