export const onRequest = ({ params }) => Response.json({ file: "api/todos/[[path]].js", params });
