import { DurableObject } from "cloudflare:workers";

/** Writes down in which order things happen. */
export class Gates extends DurableObject {
  lines = [];

  log(line) {
    this.lines.push(line);
  }

  async fetch(request) {
    const url = new URL(request.url);
    const answer = await this[url.pathname.slice(1)](url.searchParams);
    return answer instanceof Response ? answer : Response.json(answer ?? null);
  }

  read() {
    return this.lines;
  }
  hit() {
    this.log("hit");
  }
  async waits() {
    await scheduler.wait(50);
    this.log("waited");
  }
  timer() {
    setTimeout(() => this.log("timer"), 50);
  }
  async asks() {
    await (await this.env.ROOM.getByName("asked").fetch("http://object/wait?ms=50")).text();
    this.log("asked");
  }
  async block() {
    this.log("fetch");
    await this.ctx.blockConcurrencyWhile(async () => {
      this.log("begin");
      await scheduler.wait(150);
      this.log("end");
    });
    this.log("after");
  }
  async two() {
    this.log("one");
    const a = this.ctx.blockConcurrencyWhile(async () => {
      this.log("a");
      await scheduler.wait(30);
      this.log("A");
      return 1;
    });
    this.log("two");
    const b = this.ctx.blockConcurrencyWhile(async () => {
      this.log("b");
      await scheduler.wait(5);
      this.log("B");
      return 2;
    });
    this.log("three");
    return [await Promise.all([a, b]), this.lines];
  }
  nested(parameters) {
    const nest = (depth) => (depth === 0 ? "deep" : this.ctx.blockConcurrencyWhile(() => nest(depth - 1)));
    return nest(+parameters.get("depth"));
  }
  async nestedOrder() {
    await this.ctx.blockConcurrencyWhile(async () => {
      this.log("outer");
      const inner = this.ctx.blockConcurrencyWhile(async () => {
        this.log("inner");
        await scheduler.wait(20);
        this.log("INNER");
      });
      this.log("called");
      await scheduler.wait(5);
      this.log("outer waited");
      await inner;
      this.log("OUTER");
    });
    return this.lines;
  }
  async caught() {
    try {
      await this.ctx.blockConcurrencyWhile(async () => {
        throw new RangeError("caught");
      });
    } catch (error) {
      return `caught ${error}`;
    }
  }
  text() {
    return this.ctx.blockConcurrencyWhile(() => "text");
  }
  none() {
    return this.ctx.blockConcurrencyWhile();
  }
  storage() {
    return this.ctx.blockConcurrencyWhile(async () => {
      const before = await this.ctx.storage.get("x");
      await this.ctx.storage.put("x", 1);
      return [before ?? null, await this.ctx.storage.transaction((transaction) => transaction.get("x"))];
    });
  }

  // Methods to call.
  blockedCallback(f) {
    return this.ctx.blockConcurrencyWhile(() => f(5));
  }
  async blockedLater(f) {
    const before = f("before");
    const inside = await this.ctx.blockConcurrencyWhile(async () => {
      this.log("block");
      await scheduler.wait(50);
      const result = await f("inside");
      this.log("end");
      return result;
    });
    return [await before, inside, this.lines];
  }
  async hold(milliseconds) {
    await this.ctx.blockConcurrencyWhile(() => scheduler.wait(milliseconds));
    this.log("held");
  }
  hits() {
    return () => {
      this.log("hit");
      return this.lines;
    };
  }

  // Transactions.
  async transactions() {
    const { storage } = this.ctx;
    this.log("one");
    const a = storage.transaction(async (transaction) => {
      this.log("a");
      await transaction.put("a", 1);
      await scheduler.wait(20);
      this.log("A");
      return "a";
    });
    this.log("two");
    const b = storage.transaction(async (transaction) => {
      this.log(`b ${await transaction.get("a")}`);
      return "b";
    });
    this.log("three");
    return [await Promise.all([a, b]), this.lines];
  }
  async transactionInTransaction() {
    const { storage } = this.ctx;
    const seen = await storage.transaction(async (transaction) => {
      await transaction.put("outer", 1);
      try {
        await storage.transaction(async (inner) => {
          this.log("inner");
          await inner.put("inner", 1);
          throw new Error("undo");
        });
      } catch (error) {
        this.log(`${error}`);
      }
      return [await transaction.get("outer"), (await transaction.get("inner")) ?? null];
    });
    return [seen, this.lines];
  }
  async writeBesideTransaction() {
    const { storage } = this.ctx;
    await storage.put("n", 0);
    const transaction = storage.transaction(async (transaction) => transaction.put("n", (await transaction.get("n")) + 1));
    await storage.put("n", 5);
    await transaction;
    return storage.get("n");
  }
  async failingTransaction() {
    try {
      await this.ctx.storage.transaction(async () => {
        throw new RangeError("in it");
      });
    } catch (error) {
      return `caught ${error}`;
    }
  }
  async longTransaction() {
    await this.ctx.storage.transaction(async () => {
      this.log("t");
      await scheduler.wait(100);
      this.log("T");
    });
  }
  async sync() {
    await this.ctx.storage.put("s", 1);
    this.log("put");
    await this.ctx.storage.sync();
    this.log("synced");
  }

  // What becomes of writes when the object is reset.
  async kept() {
    return (await this.ctx.storage.get("k")) ?? null;
  }
  async abort() {
    await this.ctx.storage.put("k", 1);
    this.ctx.abort("aborted");
  }
  async waitAbort() {
    await this.ctx.storage.put("k", 2);
    await scheduler.wait(1);
    await this.ctx.storage.put("k", 3);
    this.ctx.abort("aborted");
  }
  async syncAbort() {
    await this.ctx.storage.put("k", 2);
    await this.ctx.storage.sync();
    await this.ctx.storage.put("k", 3);
    this.ctx.abort("aborted");
  }
  blockThrows() {
    return this.ctx.blockConcurrencyWhile(async () => {
      await this.ctx.storage.put("k", 4);
      throw new Error("thrown");
    });
  }
  async transactionAbort() {
    await this.ctx.storage.transaction(async (transaction) => {
      await transaction.put("k", 5);
      await scheduler.wait(1);
      this.ctx.abort("aborted");
    });
  }
  async sqlAbort() {
    this.ctx.storage.sql.exec("CREATE TABLE t (x)");
    this.ctx.abort("aborted");
  }
  sqlTables() {
    return this.ctx.storage.sql.exec("SELECT count(*) AS n FROM sqlite_master WHERE name = 't'").one().n;
  }
}
