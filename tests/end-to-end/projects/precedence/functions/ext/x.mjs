export const onRequest = ({ params }) => Response.json({ file: "ext/x.mjs", params });
