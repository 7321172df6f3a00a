export const onRequest = ({ functionPath }) => Response.json({ file: "m2.js", functionPath });
