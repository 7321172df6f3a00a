export const onRequest = ({ params }) => Response.json({ file: "cat/fixed.js", params });
