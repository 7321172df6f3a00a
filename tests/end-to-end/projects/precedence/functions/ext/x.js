export const onRequest = ({ params }) => Response.json({ file: "ext/x.js", params });
