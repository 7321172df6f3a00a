export const onRequest = ({ functionPath }) => Response.json({ file: "m1/index.js", functionPath });
