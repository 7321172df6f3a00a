export const onRequest = ({ params }) => Response.json({ file: "split/index.js", params });
