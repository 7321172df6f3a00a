export const onRequest = ({ params }) => Response.json({ file: "hello world.js", params });
