exports.onRequest = () => new Response("commonjs");
