export const onRequest = ({ params }) => Response.json({ file: "cat/[one]/fixed.js", params });
