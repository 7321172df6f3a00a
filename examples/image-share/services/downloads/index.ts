import { DurableObject } from "cloudflare:workers";

/** How often one image was downloaded. There is one object for each image. */
export class DownloadCounter extends DurableObject {
  async increment(): Promise<number> {
    const count = (await this.count()) + 1;
    await this.ctx.storage.put("count", count);
    return count;
  }

  async count(): Promise<number> {
    return (await this.ctx.storage.get<number>("count")) ?? 0;
  }

  async forget(): Promise<void> {
    await this.ctx.storage.deleteAll();
  }
}

export default {
  fetch: () => new Response("This worker only has objects.", { status: 404 }),
};
