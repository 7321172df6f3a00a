export const onRequest = ({ params }) => Response.json({ file: "ext/x.ts", params });
