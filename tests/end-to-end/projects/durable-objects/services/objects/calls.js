import { DurableObject, RpcTarget } from "cloudflare:workers";

class Tally extends RpcTarget {
  #count = 0;
  add(by = 1) {
    return (this.#count += by);
  }
  get count() {
    return this.#count;
  }
  fail() {
    throw new RangeError("the tally failed");
  }
  next() {
    return new Tally();
  }
}

/** Has methods. */
export class Calls extends DurableObject {
  count = 0;
  #secret() {}

  fetch() {
    return new Response(String(++this.count));
  }
  bump() {
    return ++this.count;
  }
  get colour() {
    return "green";
  }
  greet(name) {
    return `hello ${name}`;
  }
  async waits(milliseconds) {
    await scheduler.wait(milliseconds);
    return "waited";
  }
  aborts() {
    this.ctx.abort("aborted in a call");
  }
  tally() {
    return new Tally();
  }
  giveFunction() {
    return (x) => x + 1;
  }
  several() {
    return { add: (a, b) => a + b, tally: new Tally(), plain: 5 };
  }
  stream() {
    return new Blob(["streamed by an object"]).stream();
  }
  readStream(stream) {
    return new Response(stream).text();
  }
  async writeTo(stream) {
    const writer = stream.getWriter();
    await writer.write(new TextEncoder().encode("one "));
    await writer.write(new TextEncoder().encode("two"));
    await writer.close();
    return "written";
  }
  response(request) {
    return new Response(request.body, { status: 201, headers: { "x-method": request.method } });
  }
  large(size) {
    return new Uint8Array(size);
  }
  echo(value) {
    return value;
  }
  async useObject(stub) {
    return [await stub.greet("through a stub"), await (await stub.fetch("http://object/")).text()];
  }
  async useTally(tally) {
    await tally.add(5);
    return tally.count;
  }
  self() {
    return this.env.CALLS.get(this.ctx.id);
  }
  throws(what) {
    if (what === "plain") throw { a: 1 };
    if (what === "text") throw "text";
    if (what === "dom") throw new DOMException("a message", "AbortError");
    throw Object.assign(new Error("with more", { cause: new TypeError("the cause") }), { list: [1] });
  }
}
