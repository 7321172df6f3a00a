export const onRequest = ({ params, functionPath }) => Response.json({ file: "m1/[id]/leaf.js", params, functionPath });
