export const onRequest = ({ params }) => Response.json({ file: "sp/[b].js", params });
