export const onRequest = ({ params }) => Response.json({ file: "ext/x.jsx", params });
