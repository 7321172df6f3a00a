export const onRequest = ({ params }) => Response.json({ file: "idx/index.js", params });
