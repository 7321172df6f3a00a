export const onRequest = ({ params }) => Response.json({ file: "deep/[[path]]/tail.js", params });
