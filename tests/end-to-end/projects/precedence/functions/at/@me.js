export const onRequest = ({ params }) => Response.json({ file: "at/@me.js", params });
