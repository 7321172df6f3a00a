export const onRequest = ({ params }) => Response.json({ file: "api/[[path]].js", params });
