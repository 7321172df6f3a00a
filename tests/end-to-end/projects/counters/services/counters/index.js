import { DurableObject } from "cloudflare:workers";

/** Counts in both kinds of storage, and how often its alarm ran. */
export class Counter extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS counts (id INTEGER PRIMARY KEY, count INTEGER NOT NULL)");
    ctx.storage.sql.exec("INSERT INTO counts VALUES (1, 0) ON CONFLICT DO NOTHING");
  }

  async fetch(request) {
    const { storage } = this.ctx;
    const { pathname, searchParams } = new URL(request.url);
    if (pathname.startsWith("/alarm/")) {
      if (request.method === "POST") await storage.setAlarm(Date.now() + Number(searchParams.get("in")));
      return Response.json({ ran: (await storage.get("ran")) ?? 0, alarm: await storage.getAlarm() });
    }
    if (request.method === "POST") {
      const count = ((await storage.get("count")) ?? 0) + 1;
      await storage.put("count", count);
      const { sum } = storage.sql.exec("UPDATE counts SET count = count + 1 RETURNING count AS sum").one();
      return Response.json({ count, sum });
    }
    const { sum } = storage.sql.exec("SELECT count AS sum FROM counts").one();
    return Response.json({ count: (await storage.get("count")) ?? 0, sum });
  }

  async alarm() {
    await this.ctx.storage.put("ran", ((await this.ctx.storage.get("ran")) ?? 0) + 1);
  }
}

export default {
  fetch: () => new Response("counters"),
};
