export const onRequest = ({ params }) => Response.json({ file: "api/[user]/profile.js", params });
