export const onRequest = ({ params }) => Response.json({ file: "a.js", params });
