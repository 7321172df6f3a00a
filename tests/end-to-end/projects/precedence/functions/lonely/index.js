export const onRequest = ({ params }) => Response.json({ file: "lonely/index.js", params });
