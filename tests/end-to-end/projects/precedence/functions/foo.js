export const onRequest = ({ params }) => Response.json({ file: "foo.js", params });
