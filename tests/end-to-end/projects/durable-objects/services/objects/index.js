import { DurableObject } from "cloudflare:workers";
export { Alarms } from "./alarms.js";
export { Calls } from "./calls.js";
export { Gates } from "./gates.js";
let made = 0;
export class Room extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    this.made = ++made;
    this.count = 0;
    this.order = [];
    if (ctx.id.name?.startsWith("constructor-throws") && made % 2 === 1) throw new TypeError("constructor says no");
    if (ctx.id.name?.startsWith("blocked")) ctx.blockConcurrencyWhile(async () => { await scheduler.wait(100); this.ready = true; });
    if (ctx.id.name?.startsWith("block-throws")) ctx.blockConcurrencyWhile(async () => { await scheduler.wait(10); throw new RangeError("block says no"); });
  }
  async fetch(request) {
    const url = new URL(request.url);
    switch (url.pathname) {
      case "/": return Response.json({ url: request.url, method: request.method, headers: [...request.headers], cf: Object.keys(request.cf ?? {}).length, cfx: request.cf?.x, id: String(this.ctx.id), name: this.ctx.id.name ?? null, ready: this.ready });
      case "/count": return new Response(String(++this.count));
      case "/slow": { const n = this.count; await scheduler.wait(50); this.count = n + 1; return new Response(String(this.count)); }
      case "/order": this.order.push(url.search); return new Response(this.order.join());
      case "/throw": { const e = new TypeError("boom"); e.code = 42; e.nested = { a: [1, new Date(0)] }; throw e; }
      case "/throw-plain": throw { a: 1 };
      case "/throw-string": throw "text";
      case "/abort": this.ctx.abort("aborted on purpose"); return new Response("never");
      case "/abort-none": this.ctx.abort(); return new Response("never");
      case "/abort-error": this.ctx.abort(new RangeError("an error")); return new Response("never");
      case "/wait": await scheduler.wait(+url.searchParams.get("ms")); return new Response("waited");
      case "/hang": await new Promise(() => {}); return new Response("never");
      case "/nothing": return undefined;
      case "/echo": return new Response(request.body, { headers: request.headers });
      case "/redirect": return Response.redirect("https://elsewhere.example/z", 302);
      case "/z": return new Response(request.url);
      case "/block": return new Response(String(await this.ctx.blockConcurrencyWhile(async () => { await scheduler.wait(20); return "blocked"; })));
      case "/block-throw": return new Response(String(await this.ctx.blockConcurrencyWhile(async () => { await scheduler.wait(5); throw new RangeError("inside"); })));
      case "/block-throw-sync": return new Response(String(await this.ctx.blockConcurrencyWhile(() => { throw new RangeError("sync inside"); })));
      case "/members": { const c = this.ctx; const all = []; for (let o = c; o && o !== Object.prototype; o = Object.getPrototypeOf(o)) all.push([Object.prototype.toString.call(o), o.constructor?.name, Object.getOwnPropertyNames(o).map((k) => { const d = Object.getOwnPropertyDescriptor(o, k); return k + ":" + (d.get ? "get" : typeof d.value) + (d.enumerable ? "" : "-"); }).sort()]);
        const i = []; for (let o = c.id; o && o !== Object.prototype; o = Object.getPrototypeOf(o)) i.push([Object.prototype.toString.call(o), o.constructor?.name, Object.getOwnPropertyNames(o).map((k) => { const d = Object.getOwnPropertyDescriptor(o, k); return k + ":" + (d.get ? "get" : typeof d.value) + (d.enumerable ? "" : "-"); }).sort()]);
        return Response.json({ ctx: all, id: i, props: c.props, exports: Object.keys(c.exports ?? {}).filter((name) => !name.startsWith("__")).sort(), container: typeof c.container, facets: typeof c.facets }); }
      case "/me": { const s = this.env.ROOM.get(this.ctx.id); return s.fetch("http://x/count"); }
      case "/globals": return Response.json({ made });
      case "/keep-timer": setTimeout(() => {}, 25000); return new Response(String(++this.count));
      case "/keep-until": this.ctx.waitUntil(scheduler.wait(25000)); return new Response(String(++this.count));
      case "/put": await this.ctx.storage.put("kept", "kept"); return new Response(String(++this.count));
      case "/kept": return new Response(await this.ctx.storage.get("kept"));
      case "/alarm-set": await this.ctx.storage.setAlarm(Date.now() + (+url.searchParams.get("ms"))); await this.ctx.storage.put("mode", url.searchParams.get("mode")); await this.ctx.storage.put("runs", []); return new Response(String(await this.ctx.storage.getAlarm() > 0));
      case "/alarm-runs": return Response.json([await this.ctx.storage.get("runs"), typeof await this.ctx.storage.getAlarm()]);
      case "/ws": return this.ws(request, false);
      case "/hws": return this.ws(request, true);
      case "/hws-info": return Response.json(this.ctx.getWebSockets().map((ws) => [this.ctx.getTags(ws), ws.readyState, ws.deserializeAttachment()]));
      case "/hws-closes": return Response.json(await this.ctx.storage.get("closes") ?? null);
      case "/hws-errors": return Response.json(await this.wsErrors());
    }
    return new Response("no such path", { status: 404 });
  }
  greet(name) { return `hello ${name}`; }
  fails() { const e = new RangeError("call fails"); e.code = 7; throw e; }
  aborts() { this.ctx.abort("aborted in a call"); }
  async waits(ms) { await scheduler.wait(ms); return "waited"; }
  callback(f) { return f(21); }
  get colour() { return "green"; }
  async alarm(info) {
    const runs = await this.ctx.storage.get("runs") ?? [];
    runs.push({ retryCount: info?.retryCount, isRetry: info?.isRetry, keys: Object.keys(info ?? {}), scheduled: typeof info?.scheduledTime, at: await this.ctx.storage.getAlarm(), name: this.ctx.id.name ?? null });
    await this.ctx.storage.put("runs", runs);
    const mode = await this.ctx.storage.get("mode");
    if (mode === "fail-once" && runs.length < 2) throw new Error("alarm fails");
  }
  ws(request, hibernate) {
    const [client, server] = Object.values(new WebSocketPair());
    if (hibernate) { this.ctx.acceptWebSocket(server, ["a", "b", "a"]); server.serializeAttachment({ n: 1 }); this.ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong")); }
    else { server.accept(); server.addEventListener("message", (e) => server.send("echo " + e.data)); server.addEventListener("close", (e) => server.close(e.code, "bye")); }
    return new Response(null, { status: 101, webSocket: client });
  }
  async wsErrors() {
    const out = {};
    const attempt = async (name, run) => { try { const r = await run(); out[name] = r === undefined ? "undefined" : r; } catch (e) { out[name] = `${e.name}: ${e.message}`.replace(/was \d+/, "was N"); } };
    const fresh = () => new WebSocketPair()[1];
    await attempt("tags 11", () => this.ctx.acceptWebSocket(fresh(), Array.from({ length: 11 }, (_, i) => "t" + i)));
    await attempt("tag long", () => this.ctx.acceptWebSocket(fresh(), ["x".repeat(257)]));
    await attempt("tag empty", () => this.ctx.acceptWebSocket(fresh(), [""]));
    await attempt("accepted", () => { const ws = fresh(); ws.accept(); this.ctx.acceptWebSocket(ws); });
    await attempt("accept twice", () => { const ws = fresh(); this.ctx.acceptWebSocket(ws); this.ctx.acceptWebSocket(ws); });
    await attempt("accept after", () => { const ws = fresh(); this.ctx.acceptWebSocket(ws); ws.accept(); });
    await attempt("not socket", () => this.ctx.acceptWebSocket({}));
    await attempt("getTags regular", () => this.ctx.getTags(fresh()));
    await attempt("attachment big", () => { const ws = fresh(); this.ctx.acceptWebSocket(ws); ws.serializeAttachment("x".repeat(17000)); });
    await attempt("auto none", () => this.ctx.getWebSocketAutoResponse());
    await attempt("auto set", () => { this.ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("a", "b")); const p = this.ctx.getWebSocketAutoResponse(); return [p.request, p.response, String(p)]; });
    await attempt("auto unset", () => { this.ctx.setWebSocketAutoResponse(); return this.ctx.getWebSocketAutoResponse(); });
    await attempt("auto long", () => this.ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("a".repeat(2049), "b")));
    await attempt("auto bad", () => this.ctx.setWebSocketAutoResponse({}));
    await attempt("timestamp", () => { const ws = fresh(); this.ctx.acceptWebSocket(ws); return this.ctx.getWebSocketAutoResponseTimestamp(ws); });
    await attempt("timeout none", () => this.ctx.getHibernatableWebSocketEventTimeout());
    await attempt("timeout", () => { this.ctx.setHibernatableWebSocketEventTimeout(1000); return this.ctx.getHibernatableWebSocketEventTimeout(); });
    await attempt("timeout big", () => this.ctx.setHibernatableWebSocketEventTimeout(604800001));
    await attempt("timeout unset", () => { this.ctx.setHibernatableWebSocketEventTimeout(); return this.ctx.getHibernatableWebSocketEventTimeout(); });
    await attempt("getWebSockets", () => this.ctx.getWebSockets().length);
    await attempt("getWebSockets none", () => this.ctx.getWebSockets("none").length);
    await attempt("same", () => { const ws = fresh(); this.ctx.acceptWebSocket(ws, ["same"]); return this.ctx.getWebSockets("same")[0] === ws; });
    return out;
  }
  async webSocketMessage(ws, data) {
    if (data === "throw") throw new Error("in message");
    if (data === "close") return ws.close(4001, "x");
    if (data === "state") return ws.send(JSON.stringify([ws.readyState, this.made, this.ctx.getTags(ws), ws.deserializeAttachment()]));
    ws.send(typeof data === "string" ? "echo " + data : data.constructor.name + " " + data.byteLength);
  }
  async webSocketClose(ws, code, reason, wasClean) {
    this.closes ??= []; this.closes.push([code, reason, wasClean, ws.readyState, this.ctx.getWebSockets().includes(ws)]);
    await this.ctx.storage.put("closes", this.closes);
    if (reason !== "no-reply") ws.close(code, "reply");
  }
}
export class Other extends DurableObject {}
export class Plain { constructor(state, env) { this.state = state; } fetch() { return new Response("plain " + typeof this.state.storage + String(this.ctx)); } }
export default { fetch() { return new Response("main"); } };
