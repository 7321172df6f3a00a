export const onRequest = ({ params }) => Response.json({ file: "api/time.js", params });
