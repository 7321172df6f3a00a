export const onRequest = ({ params }) => Response.json({ file: "todos/index.js", params });
