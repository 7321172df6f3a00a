export const onRequest = ({ params }) => Response.json({ file: "_x.js", params });
