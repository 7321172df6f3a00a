export const onRequest = ({ params }) => Response.json({ file: "opt/[[x]]/end.js", params });
