import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";

/** What it is, and what can be had of it. */
async function describe(value) {
  const kind = `${typeof value} ${value?.constructor?.name}`;
  const own = value !== null && typeof value === "object" ? Object.keys(value).sort() : [];
  return [kind, own];
}

const uses = {
  fetch: async (value) => (await value.fetch("http://any.example/index.html")).status,
  kv: async (value) => await value.get("key"),
  r2: async (value) => (await value.head("object"))?.size ?? null,
  text: async (value) => await value.text(),
  json: async (value) => await value.json(),
  body: async (value) => await new Response(value.body).text(),
  key: async (value) => [await value.key, await value.size],
  meta: async (value) => [await value.httpMetadata, await value.customMetadata],
  keys: async (value) => Object.keys(value).sort(),
  etag: async (value) => {
    const headers = new Headers();
    value.writeHttpMetadata(headers);
    return [...headers];
  },
  d1: async (value) => await value.prepare("SELECT 1 AS one").first(),
  bind: async (value) => await value.bind(2).first(),
  queue: async (value) => (await value.send("m"), "sent"),
  stub: async (value) => await value.hello(),
  name: async (value) => await value.getByName("a").hello(),
  idOf: async (value) => (await value.idFromName("a")).toString(),
  holder: async (value) => await value.greet("passed"),
};

export class Room extends DurableObject {
  hello() {
    return `hello from ${this.ctx.id.name}`;
  }
  async use(value, how) {
    return await uses[how](value);
  }
  async object() {
    return await this.env.R2.get("object");
  }
  give(name) {
    return this.env[name];
  }
}

export default class extends WorkerEntrypoint {
  fetch() {
    return new Response("the holder");
  }
  greet(whom) {
    return `greets ${whom}`;
  }
  async describe(value) {
    return await describe(value);
  }
  async use(value, how) {
    return await uses[how](value);
  }
  give(name) {
    return this.env[name];
  }
  giveIn(name) {
    return { list: [this.env[name]] };
  }
  stub(name) {
    return this.env.ROOM.getByName(name);
  }
  id(name) {
    return this.env.ROOM.idFromName(name);
  }
  async object(method, ...values) {
    return await this.env.R2[method](...values);
  }
  statement() {
    return this.env.DB.prepare("SELECT ? AS one");
  }
  async rows() {
    return await this.env.DB.prepare("SELECT 1 AS one").all();
  }
  async list() {
    return await this.env.KV.list();
  }
}
