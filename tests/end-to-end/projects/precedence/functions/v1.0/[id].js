export const onRequest = ({ params }) => Response.json({ file: "v1.0/[id].js", params });
