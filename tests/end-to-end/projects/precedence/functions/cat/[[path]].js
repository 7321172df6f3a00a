export const onRequest = ({ params }) => Response.json({ file: "cat/[[path]].js", params });
