import { DurableObject } from "cloudflare:workers";

/** Counts, durably. */
export class Counter extends DurableObject {
  async fetch() {
    const count = ((await this.ctx.storage.get("count")) ?? 0) + 1;
    await this.ctx.storage.put("count", count);
    return new Response(`counted ${count}`);
  }
}
