export const onRequest = ({ params }) => Response.json({ file: "foo/index.js", params });
