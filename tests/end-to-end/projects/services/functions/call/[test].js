import { RpcTarget } from "cloudflare:workers";
import { error, outcome, respond } from "../../source/outcome.js";

class Plain {
  a = 1;
}

const types = {
  number: 1.5,
  negative: -0,
  bigint: 10n,
  text: "tëxt ☃",
  boolean: true,
  null: null,
  undefined: undefined,
  array: [1, [2], { a: 3 }],
  sparse: [1, , 3],
  date: new Date(0),
  regexp: /a+/gi,
  map: new Map([["a", 1]]),
  set: new Set([1, "a"]),
  buffer: new ArrayBuffer(3),
  view: new Uint16Array([1, 2]),
  dataview: new DataView(new ArrayBuffer(2)),
  error: new RangeError("passed"),
  boxed: Object("boxed"),
  blob: () => new Blob(["abc"], { type: "text/x" }),
  symbol: Symbol("x"),
  class: new Plain(),
  "null-prototype": Object.assign(Object.create(null), { a: 1 }),
  url: new URL("http://a/"),
  params: new URLSearchParams("a=1"),
  "weak-map": new WeakMap(),
  promise: () => Promise.resolve(5),
  generator: () => (function* () {})(),
  proxy: new Proxy({ a: 1 }, {}),
  signal: () => new AbortController().signal,
  socket: () => new WebSocketPair()[0],
  form: () => new FormData(),
  event: () => new Event("x"),
  decoder: () => new TextDecoder(),
};

const tests = {
  add: ({ env }) => env.CALLS.add(1, 2),
  nothing: ({ env }) => env.CALLS.nothing(),
  later: ({ env }) => env.CALLS.later("later"),
  count: ({ env }) => env.CALLS.count(1, undefined, null),
  "no-arguments": ({ env }) => env.CALLS.count(),
  property: ({ env }) => env.CALLS.property,
  promised: ({ env }) => env.CALLS.promised,
  "object-property": ({ env }) => env.CALLS.object,
  "deep-property": ({ env }) => env.CALLS.object.nested.b,
  "deep-call": ({ env }) => env.CALLS.object.f(21),
  missing: ({ env }) => env.CALLS.missing(),
  "missing-property": ({ env }) => env.CALLS.missing,
  "missing-deep": ({ env }) => env.CALLS.object.missing.deeper,
  "missing-deep-call": ({ env }) => env.CALLS.object.missing(),
  "own-property": ({ env }) => env.CALLS.own,
  "own-arrow": ({ env }) => env.CALLS.arrow(),
  environment: ({ env }) => env.CALLS.env,
  context: ({ env }) => env.CALLS.ctx,
  static: ({ env }) => env.CALLS.fixed(),
  private: ({ env }) => env.CALLS["#secret"],
  "not-a-function": ({ env }) => env.CALLS.property(),
  "deep-not-a-function": ({ env }) => env.CALLS.object.a(),
  "constructor-type": ({ env }) => `${typeof env.CALLS.constructor} ${env.CALLS.constructor.name}`,
  "to-string": ({ env }) => env.CALLS.toString(),
  "has-own": ({ env }) => env.CALLS.hasOwnProperty("x"),
  dup: ({ env }) => env.CALLS.dup(),
  connect: async ({ env }) => typeof env.CALLS.connect,
  alarm: ({ env }) => env.CALLS.alarm(),
  "symbol-member": ({ env }) => typeof env.CALLS[Symbol.iterator],
  self: ({ env }) => env.CALLS.self(),
  instances: async ({ env }) => (await env.CALLS.instances(), (await env.CALLS.instances()) > 1),
  "reserved-dup": ({ env }) => env.CALLS.nothing.dup(),
  "missing-service": ({ env }) => env.MISSING.anything(1),
  "missing-service-property": ({ env }) => env.MISSING.anything,
  named: ({ env }) => env.NAMED.who(),
  "plain-handler": ({ env }) => env.PLAIN.add({ a: 1 }),
  "plain-arity": ({ env }) => env.PLAIN.two(1, 2),
  "plain-none": ({ env }) => env.PLAIN.add(),
  "plain-many": ({ env }) => env.PLAIN.add(1, 2),
  "plain-value": ({ env }) => env.PLAIN.value,
  "plain-missing": ({ env }) => env.PLAIN.missing(1),
  "type-of": ({ env }) => [typeof env.CALLS, typeof env.CALLS.x, typeof env.CALLS.x.y, typeof env.CALLS.then, typeof env.CALLS.fetch],
  tags: ({ env }) => [env.CALLS, env.CALLS.x, env.CALLS.add(1, 2)].map((value) => Object.prototype.toString.call(value)),
  json: ({ env }) => [JSON.stringify(env.CALLS), JSON.stringify({ a: env.CALLS })],
  keys: ({ env }) => [Object.keys(env.CALLS), Object.getOwnPropertyNames(env.CALLS), "x" in env.CALLS, "fetch" in env.CALLS],
  prototype: ({ env }) => Object.getOwnPropertyNames(Object.getPrototypeOf(env.CALLS)).sort(),
  "promise-type": async ({ env }) => {
    const promise = env.CALLS.add(1, 2);
    const kinds = [typeof promise, promise instanceof Promise, typeof promise.then, typeof promise.catch, typeof promise.finally, typeof promise[Symbol.dispose]];
    await promise;
    return kinds;
  },
  "property-type": ({ env }) => {
    const property = env.CALLS.property;
    return [typeof property, property instanceof Promise, typeof property.then, typeof property.catch, typeof property.finally, typeof property[Symbol.dispose], Object.getOwnPropertyNames(property)];
  },
  "then-twice": async ({ env }) => {
    const promise = env.CALLS.add(1, 2);
    return [await promise, await promise];
  },
  "same-property": ({ env }) => env.CALLS.add === env.CALLS.add,
  assignment: ({ env }) => {
    env.CALLS.assigned = 5;
    return env.CALLS.assigned;
  },
  finally: ({ env }) => env.CALLS.add(1, 2).finally(() => 9),
  catch: ({ env }) => env.CALLS.fails("type").catch((thrown) => error(thrown)),
  url: ({ env }) => env.CALLS.url(),
  class: ({ env }) => env.CALLS.class(),
  map: ({ env }) => env.CALLS.map(),
  cyclic: async ({ env }) => {
    const object = await env.CALLS.cyclic();
    return object.self === object;
  },
  "result-dispose": async ({ env }) => {
    const object = await env.CALLS.echo({ a: 1 });
    const array = await env.CALLS.echo([1]);
    const map = await env.CALLS.echo(new Map());
    return [object, array, map].map((value) => [typeof value[Symbol.dispose], Object.getOwnPropertySymbols(value).map(String)]);
  },
  copied: async ({ env }) => {
    const passed = { a: 1 };
    const returned = await env.CALLS.echo(passed);
    return [returned === passed, returned.a];
  },
  shared: async ({ env }) => {
    const part = {};
    const [a, b] = await env.CALLS.echo([part, part]);
    return a === b;
  },
  "large-result": async ({ env }) => (await outcome(() => env.CALLS.large(33 * 1024 * 1024))).replace(/\d{5,}/, "N"),
  "large-argument": async ({ env }) => (await outcome(() => env.CALLS.size(new Uint8Array(33 * 1024 * 1024)))).replace(/\d{5,}/, "N"),
  "large-enough": ({ env }) => env.CALLS.size(new Uint8Array(1024 * 1024)),
  concurrent: ({ env }) => Promise.all([1, 2, 3].map((n) => env.CALLS.later(n))),
  forward: ({ env }) => env.CALLS.forward({ through: "the middle" }),
  loopback: ({ env }) => env.CALLS.loopback(),
  "loopback-props": ({ env }) => env.CALLS.loopbackProps(),
  "export-names": ({ env }) => env.CALLS.exportNames(),
  hang: ({ env }) => env.CALLS.hang(),
  "wait-until": async ({ env }) => {
    await env.CALLS.events();
    await env.CALLS.waits();
    await scheduler.wait(60);
    return env.CALLS.events();
  },
  "returned-error": ({ env }) => env.NAMED.bad(),
};
for (const kind of ["type", "custom", "cause", "properties", "text", "number", "object", "null", "dom", "aggregate", "function", "async"]) {
  tests[`fails-${kind}`] = ({ env }) => env.CALLS.fails(kind);
}
for (const [name, value] of Object.entries(types)) {
  const make = typeof value === "function" ? value : () => value;
  tests[`type-${name}`] = async (context) => {
    const passed = make(context);
    return `${await outcome(() => context.env.CALLS.describe(passed))} / ${await outcome(() => context.env.CALLS.echo(passed))}`;
  };
}
tests["type-function"] = ({ env }) => env.CALLS.describe(() => 1);
tests["type-target"] = ({ env }) => env.CALLS.describe(new (class extends RpcTarget {})());

export const onRequest = (context) => respond(tests, context);
