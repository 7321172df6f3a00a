const text = (error) => `${error?.constructor?.name} ${error?.name}: ${error?.message}`;
const kind = (value) => `${typeof value} ${value?.constructor?.name}`;

/** Passed to a method of the service: what it sees, and whether it can use it. */
const passed = {
  assets: ["ASSETS", "fetch"],
  service: ["HOLDER", "holder"],
  kv: ["KV", "kv"],
  r2: ["R2", "r2"],
  d1: ["DB", "d1"],
  queue: ["JOBS", "queue"],
  namespace: ["ROOM", "name"],
  points: ["POINTS", "keys"],
  limit: ["LIMIT", "keys"],
};

const tests = {
  "stub/describe": (env) => env.HOLDER.describe(env.ROOM.getByName("a")),
  "stub/use": (env) => env.HOLDER.use(env.ROOM.getByName("a"), "stub"),
  "stub/object": (env) => env.ROOM.getByName("b").use(env.ROOM.getByName("a"), "stub"),
  "stub/returned": async (env) => {
    const stub = await env.HOLDER.stub("c");
    return [kind(stub), await stub.hello(), stub.name ?? null];
  },
  "stub/pipelined": async (env) => await env.HOLDER.stub("c").hello(),
  "stub/id": async (env) => {
    const stub = await env.HOLDER.stub("c");
    return String(stub.id) === String(env.ROOM.idFromName("c"));
  },
  "id/passed": (env) => env.HOLDER.describe(env.ROOM.idFromName("a")),
  "id/returned": async (env) => {
    const id = await env.HOLDER.id("a");
    return [kind(id), String(id) === String(env.ROOM.idFromName("a"))];
  },
  "self/returned": async (env) => {
    const service = await env.HOLDER.give("SELF");
    return [kind(service), await service.greet("returned"), await (await service.fetch("http://x/")).text()];
  },
  "self/pipelined": async (env) => await env.HOLDER.give("SELF").greet("pipelined"),
  "self/in": async (env) => {
    const { list } = await env.HOLDER.giveIn("SELF");
    return await list[0].greet("inside");
  },
  "self/object": async (env) => await env.ROOM.getByName("d").give("ROOM"),
  "r2/get": async (env) => {
    const object = await env.HOLDER.object("get", "object");
    return [kind(object), object.key, await object.text()];
  },
  "r2/get-missing": (env) => env.HOLDER.object("get", "missing"),
  "r2/head": async (env) => {
    const object = await env.HOLDER.object("head", "object");
    return [kind(object), object.key, object.size, object.customMetadata, Object.keys(object).sort()];
  },
  "r2/put": async (env) => {
    const object = await env.HOLDER.object("put", "other", "other content");
    return [kind(object), object.key, object.size];
  },
  "r2/list": async (env) => {
    const found = await env.HOLDER.object("list");
    return [kind(found), found.objects.map(({ key }) => key)];
  },
  "r2/upload": async (env) => {
    const upload = await env.HOLDER.object("createMultipartUpload", "parts");
    return [kind(upload), upload.key];
  },
  "r2/pipelined-key": async (env) => await env.HOLDER.object("get", "object").key,
  "r2/pipelined-text": async (env) => await env.HOLDER.object("get", "object").text(),
  "r2/metadata": async (env) => {
    const object = await env.HOLDER.object("get", "object");
    const headers = new Headers();
    object.writeHttpMetadata(headers);
    return [...headers];
  },
  "r2/body": async (env) => {
    const object = await env.HOLDER.object("get", "object");
    return await new Response(object.body).text();
  },
  "r2/durable": async (env) => {
    const object = await env.ROOM.getByName("e").object();
    return await object.text();
  },
  "r2/argument-text": async (env) => await env.HOLDER.use(await env.R2.get("object"), "text"),
  "r2/argument-body": async (env) => await env.HOLDER.use(await env.R2.get("object"), "body"),
  "r2/argument-key": async (env) => await env.HOLDER.use(await env.R2.head("object"), "key"),
  "r2/argument-meta": async (env) => await env.HOLDER.use(await env.R2.head("object"), "meta"),
  "r2/argument-keys": async (env) => await env.HOLDER.use(await env.R2.head("object"), "keys"),
  "r2/argument-headers": async (env) => await env.HOLDER.use(await env.R2.head("object"), "etag"),
  "r2/used": async (env) => {
    const object = await env.R2.get("object");
    await object.text();
    return await env.HOLDER.use(object, "text");
  },
  "r2/after": async (env) => {
    const object = await env.R2.get("object");
    await env.HOLDER.use(object, "key");
    return [object.bodyUsed, await object.text()];
  },
  "r2/range": async (env) => {
    const object = await env.HOLDER.object("get", "object", { range: { offset: 2, length: 7 } });
    return [await object.text(), object.range, object.bodyUsed];
  },
  "r2/checksums": async (env) => {
    const object = await env.HOLDER.object("head", "object");
    return [object.checksums.toJSON(), object.uploaded instanceof Date, object.httpEtag];
  },
  "r2/long": async (env) => {
    await env.R2.put("long", new Uint8Array(300000).fill(65));
    const object = await env.HOLDER.object("get", "long");
    return (await object.text()).length;
  },
  "r2/in": async (env) => await env.HOLDER.use({ text: async () => await (await env.R2.get("object")).text() }, "text"),
  "assets/kind": async (env) => [kind(env.ASSETS), typeof env.ASSETS.greet],
  "r2/stream": async (env) => await env.HOLDER.use({ body: (await env.R2.get("object")).body }, "body"),
  "d1/statement": async (env) => {
    const statement = await env.HOLDER.statement();
    return [kind(statement), await statement.bind(1).first()];
  },
  "d1/argument": async (env) => await env.HOLDER.use(env.DB.prepare("SELECT ? AS one"), "bind"),
  "d1/rows": async (env) => (await env.HOLDER.rows()).results,
  "kv/list": async (env) => (await env.HOLDER.list()).keys.map(({ name }) => name),
  "structured/kv": (env) => String(structuredClone(env.KV)),
  "structured/object": async (env) => String(structuredClone(await env.R2.head("object"))),
  "structured/stub": (env) => String(structuredClone(env.ROOM.getByName("a"))),
  "structured/service": (env) => String(structuredClone(env.HOLDER)),
  "structured/id": (env) => String(structuredClone(env.ROOM.idFromName("a"))),
};
for (const [name, [binding, how]] of Object.entries(passed)) {
  tests[`${name}/describe`] = (env) => env.HOLDER.describe(env[binding]);
  tests[`${name}/use`] = (env) => env.HOLDER.use(env[binding], how);
  tests[`${name}/object`] = (env) => env.ROOM.getByName("f").use(env[binding], how);
}
for (const binding of ["KV", "R2", "DB", "JOBS", "ROOM"]) {
  tests[`returned/${binding}`] = async (env) => kind(await env.HOLDER.give(binding));
  tests[`returned-in/${binding}`] = async (env) => kind((await env.HOLDER.giveIn(binding)).list[0]);
}

export async function onRequest({ env, params }) {
  const test = tests[params.test?.join("/")];
  if (test === undefined) return Response.json(Object.keys(tests));
  await env.R2.put("object", '{"content":1}', { httpMetadata: { contentType: "text/x-own" }, customMetadata: { a: "1" } });
  await env.KV.put("key", "value");
  try {
    return Response.json({ value: (await test(env)) ?? null });
  } catch (error) {
    return Response.json({ error: text(error) });
  }
}
