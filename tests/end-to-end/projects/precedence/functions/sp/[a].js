export const onRequest = ({ params }) => Response.json({ file: "sp/[a].js", params });
