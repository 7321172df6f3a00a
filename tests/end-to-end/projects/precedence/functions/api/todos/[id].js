export const onRequest = ({ params }) => Response.json({ file: "api/todos/[id].js", params });
