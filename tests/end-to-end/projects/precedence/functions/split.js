export const onRequestGet = ({ params }) => Response.json({ file: "split.js", params });
