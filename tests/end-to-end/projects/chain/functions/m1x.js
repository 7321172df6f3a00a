export const onRequest = ({ functionPath }) => Response.json({ file: "m1x.js", functionPath });
