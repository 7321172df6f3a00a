export default defineCachedEventHandler(async () => ({ at: "cached" }), { maxAge: 60 });
