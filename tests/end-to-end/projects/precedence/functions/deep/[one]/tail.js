export const onRequest = ({ params }) => Response.json({ file: "deep/[one]/tail.js", params });
