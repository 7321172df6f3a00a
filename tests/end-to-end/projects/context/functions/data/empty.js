export const onRequest = ({ data }) => Response.json({ data, prototype: Object.getPrototypeOf(data) === Object.prototype });
