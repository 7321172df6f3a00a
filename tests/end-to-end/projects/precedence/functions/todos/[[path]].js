export const onRequest = ({ params }) => Response.json({ file: "todos/[[path]].js", params });
