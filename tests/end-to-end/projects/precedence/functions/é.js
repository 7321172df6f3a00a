export const onRequest = ({ params }) => Response.json({ file: "é.js", params });
