export const onRequest = ({ params, functionPath }) => Response.json({ file: "m3/[[all]].js", params, functionPath });
