import { DurableObject } from "cloudflare:workers";

/** What handlers were told, by the names of the objects: nothing of it is undone. */
const runs = new Map();

/** Its alarm's first run does what the name says. */
export class Alarms extends DurableObject {
  async fetch(request) {
    if (new URL(request.url).pathname === "/set") {
      await this.ctx.storage.setAlarm(Date.now() + 20);
      return new Response();
    }
    const { sql } = this.ctx.storage;
    return Response.json([runs.get(this.ctx.id.name) ?? [], await this.ctx.storage.getAlarm(), (await this.ctx.storage.get("written")) ?? null, sql.databaseSize > 0]);
  }

  async alarm({ isRetry, retryCount }) {
    const { name } = this.ctx.id;
    const seen = runs.get(name) ?? [];
    runs.set(name, [...seen, [retryCount, isRetry, await this.ctx.storage.getAlarm()]]);
    if (seen.length > 0) return;
    await this.ctx.storage.put("written", 1);
    if (name.endsWith("delete")) {
      await this.ctx.storage.deleteAlarm();
      throw new Error("after it was deleted");
    }
    if (name.endsWith("set")) {
      await this.ctx.storage.setAlarm(Date.now() + 100);
      throw new Error("after it was set");
    }
    if (name.endsWith("slow")) {
      await this.ctx.storage.setAlarm(Date.now() + 20);
      await scheduler.wait(200);
    }
  }
}
