export const onRequest = ({ params }) => Response.json({ file: "idx/index.ts", params });
