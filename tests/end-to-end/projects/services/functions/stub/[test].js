import { RpcStub, RpcTarget } from "cloudflare:workers";
import { outcome, respond, show } from "../../source/outcome.js";

class Local extends RpcTarget {
  constructor(name = "local") {
    super();
    this.name = name;
  }
  hello(...values) {
    return `hello from ${this.name} ${values.join()}`;
  }
  get shown() {
    return `shown by ${this.name}`;
  }
  another() {
    return new Local("another");
  }
  fail() {
    throw new RangeError("the target failed");
  }
}

const tests = {
  increment: async ({ env }) => {
    const counter = await env.CALLS.counter(3);
    return [await counter.increment(), await counter.increment(5), await counter.count];
  },
  "stub-shape": async ({ env }) => {
    const counter = await env.CALLS.counter(3);
    return [typeof counter, Object.prototype.toString.call(counter), typeof counter.then, typeof counter.dup, typeof counter[Symbol.dispose], typeof counter.onRpcBroken, counter instanceof RpcStub];
  },
  "stub-own": async ({ env }) => {
    const counter = await env.CALLS.counter(3);
    return outcome(() => counter.own);
  },
  pipeline: ({ env }) => env.CALLS.counter(3).increment(2),
  "pipeline-property": ({ env }) => env.CALLS.counter(3).count,
  "pipeline-deep": ({ env }) => env.CALLS.counter(3).nested().nested().increment(),
  "pipeline-value": ({ env }) => env.CALLS.echo({ a: { b: 5 } }).a.b,
  "pipeline-missing": ({ env }) => env.CALLS.echo({ a: 1 }).missing(),
  "pipeline-failed": ({ env }) => env.CALLS.fails("type").anything(),
  "pipeline-fail": ({ env }) => env.CALLS.counter(1).fail(),
  "pipeline-after": async ({ env }) => {
    const promise = env.CALLS.counter(3);
    await promise;
    return promise.increment(4);
  },
  "pipeline-order": async ({ env }) => {
    const counter = env.CALLS.counter(0);
    return Promise.all([counter.increment(), counter.increment(), counter.increment()]);
  },
  "call-order": async ({ env }) => {
    using counter = await env.CALLS.counter(0);
    return Promise.all([counter.increment(), counter.increment(), counter.increment()]);
  },
  "pass-promise": async ({ env }) => env.CALLS.echo(env.CALLS.counter(3)),
  "pass-property": async ({ env }) => env.CALLS.echo(env.CALLS.property),
  "pass-nested-promise": async ({ env }) => env.CALLS.echo({ a: env.CALLS.add(1, 2) }),
  function: async ({ env }) => {
    const f = await env.CALLS.makeFunction();
    return [typeof f, await f("a"), await f("b"), await f.extra, await f.inner()];
  },
  "function-pipeline": ({ env }) => env.CALLS.makeFunction()("direct"),
  callback: ({ env }) => env.CALLS.call((a, b) => a + b, 1, 2),
  "callback-async": ({ env }) =>
    env.CALLS.callTwice(async (n) => {
      await scheduler.wait(1);
      return n * 10;
    }),
  "callback-throws": ({ env }) =>
    env.CALLS.call(() => {
      throw new RangeError("from the callback");
    }),
  "callback-object": ({ env }) => env.CALLS.call(({ f }) => f("deep"), { f: (x) => `called with ${x}` }),
  target: ({ env }) => env.CALLS.use(new Local(), "hello", 1, 2),
  "target-property": ({ env }) => env.CALLS.read(new Local(), "shown"),
  "target-own": ({ env }) => env.CALLS.read(new Local(), "name"),
  "target-fails": ({ env }) => env.CALLS.use(new Local(), "fail"),
  "target-missing": ({ env }) => env.CALLS.use(new Local(), "missing"),
  "round-trip": async ({ env }) => {
    const stub = await env.CALLS.give(new Local("travelled"));
    return [Object.prototype.toString.call(stub), await outcome(() => stub.hello())];
  },
  "round-trip-dup": async ({ env }) => {
    const local = new RpcStub(new Local("kept"));
    const stub = await env.CALLS.give(local);
    return [await outcome(() => stub.hello()), await outcome(() => local.hello())];
  },
  "local-stub": async () => {
    const stub = new RpcStub(new Local());
    return [await stub.hello(1), await stub.shown, await stub.another().hello(), await outcome(() => stub.name), Object.prototype.toString.call(stub)];
  },
  "local-function": async () => {
    const stub = new RpcStub((x) => x * 2);
    return [await stub(21), typeof stub];
  },
  "local-object": async () => {
    const stub = new RpcStub({ a: 1, f: () => "f" });
    return [await stub.a, await stub.f()];
  },
  "local-class": () => outcome(() => new RpcStub(new Date())),
  "local-primitive": () => outcome(() => new RpcStub(5)),
  "local-copies": async () => {
    const passed = { a: 1 };
    const stub = new RpcStub({ same: (value) => value === passed });
    return stub.same(passed);
  },
  disposed: async ({ env }) => {
    const counter = await env.CALLS.counter(1);
    counter[Symbol.dispose]();
    return [await outcome(() => counter.increment()), await outcome(() => counter.count)];
  },
  "disposed-twice": async ({ env }) => {
    const counter = await env.CALLS.counter(1);
    counter[Symbol.dispose]();
    return outcome(() => counter[Symbol.dispose]());
  },
  "dup-survives": async ({ env }) => {
    const counter = await env.CALLS.counter(1);
    const other = counter.dup();
    counter[Symbol.dispose]();
    return other.increment();
  },
  "dup-same": async ({ env }) => {
    const counter = await env.CALLS.counter(1);
    const other = counter.dup();
    return [await counter.increment(), await other.increment()];
  },
  disposer: async ({ env }) => {
    await env.CALLS.events();
    const one = await env.CALLS.disposable("one");
    const greeting = await one.hello();
    one[Symbol.dispose]();
    await scheduler.wait(20);
    return [greeting, await env.CALLS.events()];
  },
  "disposer-dup": async ({ env }) => {
    await env.CALLS.events();
    const one = await env.CALLS.disposable("dup");
    const two = one.dup();
    one[Symbol.dispose]();
    await scheduler.wait(20);
    const between = await env.CALLS.events();
    two[Symbol.dispose]();
    await scheduler.wait(20);
    return [between, await env.CALLS.events()];
  },
  "disposer-list": async ({ env }) => {
    await env.CALLS.events();
    const result = await env.CALLS.disposables("a", "b");
    const greetings = [await result.list[0].hello(), await result.list[1].hello(), result.label];
    result[Symbol.dispose]();
    await scheduler.wait(20);
    return [greetings, await env.CALLS.events()];
  },
  "disposer-using": async ({ env }) => {
    await env.CALLS.events();
    {
      using one = await env.CALLS.disposable("used");
      await one.hello();
    }
    await scheduler.wait(20);
    return env.CALLS.events();
  },
  "disposer-promise": async ({ env }) => {
    await env.CALLS.events();
    {
      using one = env.CALLS.disposable("promised");
      await one.hello();
    }
    await scheduler.wait(20);
    return env.CALLS.events();
  },
  "local-disposer": async ({ env }) => {
    const seen = [];
    class Watched extends RpcTarget {
      hello() {
        return "hello";
      }
      [Symbol.dispose]() {
        seen.push("disposed");
      }
    }
    const greeting = await env.CALLS.use(new Watched(), "hello");
    await scheduler.wait(20);
    return [greeting, seen];
  },
  "argument-after": async ({ env }) => {
    const stub = new RpcStub(new Local("argument"));
    const result = await env.CALLS.use(stub, "hello");
    return [result, await outcome(() => stub.hello())];
  },
  "keep-dup": async ({ env }) => {
    await env.CALLS.keep((x) => `kept ${x}`);
    return outcome(() => env.CALLS.useKept());
  },
  stream: async ({ env }) => {
    const stream = await env.CALLS.stream();
    return [String(stream), await new Response(stream).text()];
  },
  "text-stream": async ({ env }) => {
    const stream = await env.CALLS.textStream();
    return outcome(() => new Response(stream).text());
  },
  "broken-stream": async ({ env }) => {
    const stream = await env.CALLS.brokenStream();
    return outcome(() => new Response(stream).text());
  },
  "pass-stream": ({ env }) => env.CALLS.readStream(new Blob(["passed as a stream"]).stream()),
  "pass-locked": ({ env }) => {
    const stream = new Blob(["x"]).stream();
    stream.getReader();
    return env.CALLS.readStream(stream);
  },
  "pass-large-stream": async ({ env }) => (await env.CALLS.readStream(new Blob(["x".repeat(3_000_000)]).stream())).length,
  "pass-identity": async ({ env }) => {
    const { readable, writable } = new IdentityTransformStream();
    const read = env.CALLS.readStream(readable);
    const writer = writable.getWriter();
    await writer.write(new TextEncoder().encode("one "));
    await writer.write(new TextEncoder().encode("two"));
    await writer.close();
    return read;
  },
  "pass-writable": async ({ env }) => {
    const { readable, writable } = new IdentityTransformStream();
    const text = new Response(readable).text();
    const done = await env.CALLS.writeStream(writable);
    return [done, await text];
  },
  "stream-state": async ({ env }) => {
    const stream = new Blob(["x"]).stream();
    await env.CALLS.readStream(stream);
    return [stream.locked, await outcome(() => new Response(stream).text())];
  },
  request: ({ env }) => env.CALLS.request(new Request("http://a/b", { method: "POST", body: "the body", headers: { "x-one": "1" } })),
  "request-own": ({ env, request }) => outcome(async () => (await env.CALLS.request(request))[0]),
  response: async ({ env }) => {
    const response = await env.CALLS.response();
    return [String(response), response.status, response.statusText, response.headers.get("x-two"), await response.text()];
  },
  headers: ({ env }) => env.CALLS.headers(new Headers({ "x-one": "1" })),
  "make-headers": async ({ env }) => [...(await env.CALLS.makeHeaders())],
  service: async ({ env }) => {
    const service = await env.CALLS.plain();
    return [Object.prototype.toString.call(service), await (await service.fetch("http://x/through")).text()];
  },
  "pass-service": ({ env }) => env.CALLS.usePlain(env.PLAIN),
  "pass-service-nested": async ({ env }) => {
    const { plain } = await env.CALLS.echo({ plain: env.PLAIN });
    return (await plain.fetch("http://x/nested")).text();
  },
  middle: async ({ env }) => {
    const counter = await env.CALLS.middle();
    return [await counter.increment(), await counter.nested().count];
  },
  "middle-pipeline": ({ env }) => env.CALLS.middle().increment(10),
  classes: () => [RpcTarget, RpcStub].map((Class) => [Class.name, Class.length, Object.getOwnPropertyNames(Class.prototype).sort()]),
  "new-target": () => show(new RpcTarget()),
  "inspect-stub": async ({ env }) => JSON.stringify(await env.CALLS.counter(1)),
};

export const onRequest = (context) => respond(tests, context);
