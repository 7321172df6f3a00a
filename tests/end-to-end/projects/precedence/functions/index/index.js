export const onRequest = ({ params }) => Response.json({ file: "index/index.js", params });
