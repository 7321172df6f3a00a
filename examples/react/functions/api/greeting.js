export const onRequestGet = () => Response.json({ greeting: "Hello from a Function" });
