export const onRequest = ({ params }) => Response.json({ file: "A.js", params });
