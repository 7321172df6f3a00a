export const onRequest = ({ params }) => Response.json({ file: ".hidden/x.js", params });
