export const onRequest = ({ params }) => Response.json({ file: "opt/end.js", params });
