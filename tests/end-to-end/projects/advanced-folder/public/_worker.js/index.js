// A program of several modules, one of them imported while it runs.
import { WorkerEntrypoint } from "cloudflare:workers";
import { beside } from "./lib/beside.js";
import { greeting } from "./lib/greeting.js";
import text from "./text.txt";
import sql from "./query.sql";
import html from "./page.html";
import data from "./data.bin";
import add from "./add.wasm";

export default class extends WorkerEntrypoint {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    switch (pathname) {
      case "/greeting":
        return new Response(greeting(this.env.TEXT));
      case "/later":
        return new Response((await import("./lib/later.mjs")).later);
      // What is only known when it runs: relative to this module, with and without dots.
      case "/computed": {
        const module = await import(new URL(request.url).searchParams.get("path"));
        return Response.json(Object.entries(module).map(([name, value]) => [name, typeof value]));
      }
      case "/computed-elsewhere":
        return new Response(await beside("later"));
      case "/same":
        return Response.json((await import(["./lib", "greeting.js"].join("/"))).greeting === greeting);
      case "/kinds":
        return Response.json([text.trim(), sql.trim(), html.trim(), data.byteLength]);
      case "/wasm":
        return Response.json(new WebAssembly.Instance(add).exports.add(2, 3));
      case "/this":
        return Response.json([typeof this.ctx.waitUntil, request.method]);
      case "/throws":
        throw new Error("thrown");
      default:
        return this.env.ASSETS.fetch(request);
    }
  }
}
