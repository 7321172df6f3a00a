import { RpcTarget, WorkerEntrypoint } from "cloudflare:workers";

class Counter extends RpcTarget {
  #count;
  own = "own";

  constructor(count = 0) {
    super();
    this.#count = count;
  }
  increment(by = 1) {
    return (this.#count += by);
  }
  get count() {
    return this.#count;
  }
  nested() {
    return new Counter(this.#count + 100);
  }
  fail() {
    throw new Error("the counter failed");
  }
}

class Disposable extends RpcTarget {
  constructor(name) {
    super();
    this.name = name;
  }
  hello() {
    return `hello from ${this.name}`;
  }
  [Symbol.dispose]() {
    events.push(`disposed ${this.name}`);
  }
}

class Plain {
  a = 1;
}

class CustomError extends Error {
  name = "CustomError";
  detail = { deep: [1] };
}

const events = [];
let kept = null;
let instances = 0;

export default class Calls extends WorkerEntrypoint {
  own = "own property";
  arrow = () => "arrow";
  #secret = 7;
  static fixed() {
    return "static";
  }
  constructor(ctx, env) {
    super(ctx, env);
    instances++;
  }

  fetch(request) {
    return new Response(`calls ${new URL(request.url).pathname} ${this.env.GREETING} ${JSON.stringify(this.ctx.props)}`);
  }

  add(a, b) {
    return a + b;
  }
  echo(...values) {
    return values.length === 1 ? values[0] : values;
  }
  describe(value) {
    return `${typeof value} ${Object.prototype.toString.call(value)} ${value?.constructor?.name}`;
  }
  count(...values) {
    return values.length;
  }
  async later(value) {
    await scheduler.wait(5);
    return value;
  }
  nothing() {}
  get property() {
    return "a property";
  }
  get promised() {
    return Promise.resolve("a promised property");
  }
  get object() {
    return { a: 1, nested: { b: 2 }, f: (x) => x * 2 };
  }
  instances() {
    return instances;
  }
  self() {
    return [Object.getOwnPropertyNames(this).sort(), String(this.ctx), Object.keys(this.env)];
  }
  fails(kind) {
    if (kind === "type") throw new TypeError("a type error");
    if (kind === "custom") throw new CustomError("a custom error");
    if (kind === "cause") throw new Error("with a cause", { cause: new RangeError("the cause") });
    if (kind === "properties") throw Object.assign(new Error("with properties"), { code: "E_CODE", list: [1, 2] });
    if (kind === "text") throw "only text";
    if (kind === "number") throw 5;
    if (kind === "object") throw { a: 1 };
    if (kind === "null") throw null;
    if (kind === "dom") throw new DOMException("a message", "AbortError");
    if (kind === "aggregate") throw new AggregateError([new Error("one")], "several");
    if (kind === "function") throw Object.assign(new Error("with a function"), { f() {} });
    if (kind === "async") return Promise.reject(new SyntaxError("rejected"));
  }
  counter(start) {
    return new Counter(start);
  }
  makeFunction() {
    let calls = 0;
    return Object.assign((x) => `called ${++calls} with ${x}`, { extra: "extra", inner: () => "inner" });
  }
  disposable(name) {
    return new Disposable(name);
  }
  disposables(...names) {
    return { list: names.map((name) => new Disposable(name)), label: "two" };
  }
  events() {
    return events.splice(0).sort();
  }
  call(f, ...values) {
    return f(...values);
  }
  async callTwice(f) {
    return [await f(1), await f(2)];
  }
  async use(target, method, ...values) {
    return await target[method](...values);
  }
  async read(target, name) {
    return await target[name];
  }
  keep(stub) {
    kept = stub.dup();
    return "kept";
  }
  keepWithoutDup(stub) {
    kept = stub;
    return "kept";
  }
  async useKept() {
    return await kept(1);
  }
  give(stub) {
    return stub;
  }
  class() {
    return new Plain();
  }
  url() {
    return new URL("http://a/");
  }
  map() {
    return new Map([["a", new Date(0)]]);
  }
  cyclic() {
    const object = { name: "cyclic" };
    object.self = object;
    return object;
  }
  large(size) {
    return new Uint8Array(size);
  }
  size(bytes) {
    return bytes.byteLength;
  }
  stream() {
    return new Blob(["streamed text"]).stream();
  }
  textStream() {
    return new ReadableStream({
      start(controller) {
        controller.enqueue("text");
        controller.close();
      },
    });
  }
  brokenStream() {
    return new ReadableStream({
      pull(controller) {
        controller.error(new Error("the stream broke"));
      },
    });
  }
  async readStream(stream) {
    return new Response(stream).text();
  }
  async writeStream(stream) {
    const writer = stream.getWriter();
    await writer.write(new TextEncoder().encode("written "));
    await writer.write(new TextEncoder().encode("there"));
    await writer.close();
    return "done";
  }
  async request(request) {
    return [request.method, request.url, request.headers.get("x-one"), await request.text(), String(request)];
  }
  response() {
    return new Response("a response", { status: 201, statusText: "Made", headers: { "x-two": "2" } });
  }
  headers(headers) {
    return [...headers];
  }
  makeHeaders() {
    return new Headers({ "x-three": "3" });
  }
  plain() {
    return this.env.PLAIN;
  }
  async usePlain(service) {
    return (await service.fetch("http://x/used")).text();
  }
  forward(value) {
    return this.env.SELF.echo(value);
  }
  middle() {
    return this.env.SELF.counter(5);
  }
  async loopback() {
    return [typeof this.ctx.exports.Named, String(this.ctx.exports.Named), await this.ctx.exports.Named.who(), await this.ctx.exports.default.add(1, 2)];
  }
  async loopbackProps() {
    return this.ctx.exports.Named({ props: { from: "loopback" } }).who();
  }
  exportNames() {
    return Object.keys(this.ctx.exports).sort();
  }
  hang() {
    return new Promise(() => {});
  }
  async waits() {
    this.ctx.waitUntil(
      (async () => {
        await scheduler.wait(20);
        events.push("waited");
      })(),
    );
    return "waiting";
  }
}

export class Named extends WorkerEntrypoint {
  who() {
    return { props: this.ctx.props, greeting: this.env.GREETING };
  }
  echo(value) {
    return value;
  }
  counter(start) {
    return new Counter(start);
  }
  bad() {
    return new Error("returned, not thrown");
  }
}

export class NoFetch extends WorkerEntrypoint {}
