export const onRequest = ({ params }) => Response.json({ file: "tilde~x.js", params });
