// A producer from before messages were JSON and errors had codes.

const text = (error) => `${error?.constructor?.name}: ${error?.message}`;

export default {
  async fetch(request, env) {
    const { tag, test } = await request.json();
    const tests = {
      default: () => env.JOBS.send({ tag, value: new Map([["a", new Date(5)]]) }),
      json: () => env.JOBS.send({ tag, value: new Map([["a", new Date(5)]]) }, { contentType: "json" }),
      long: () => env.HELD.send("x".repeat(128001), { contentType: "text" }),
      late: () => env.HELD.send("x", { delaySeconds: 86401 }),
      longBatch: () => env.HELD.sendBatch([{ body: "x".repeat(128001), contentType: "text" }]),
    };
    try {
      return Response.json((await tests[test]()) === undefined ? "undefined" : "sent");
    } catch (error) {
      return Response.json(text(error));
    }
  },
};
