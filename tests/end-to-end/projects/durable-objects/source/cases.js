const shape = (object) => {
  const all = [];
  for (; object && object !== Object.prototype; object = Object.getPrototypeOf(object)) {
    const members = Object.getOwnPropertyNames(object).map((name) => {
      const { get, value, enumerable } = Object.getOwnPropertyDescriptor(object, name);
      return `${name}:${get ? "get" : typeof value}${enumerable ? "" : "-"}`;
    });
    all.push([Object.prototype.toString.call(object), object.constructor?.name, members.sort()]);
  }
  return all;
};
const attempt = async (run) => {
  try {
    const value = await run();
    return value instanceof Response ? [value.status, await value.text()] : value;
  } catch (error) {
    return Object.fromEntries([["text", String(error)], ...["remote", "retryable", "overloaded", "durableObjectReset"].filter((name) => name in error).map((name) => [name, error[name]])]);
  }
};
const room = (env, name) => env.ROOM.get(env.ROOM.idFromName(name));
const at = (path) => `http://object/${path}`;

export const ids = {
  name: ({ ROOM }) => String(ROOM.idFromName("a")),
  empty: ({ ROOM }) => String(ROOM.idFromName("")),
  number: ({ ROOM }) => String(ROOM.idFromName(5)),
  unicode: ({ ROOM }) => String(ROOM.idFromName("\u00e9\u{1f600}")),
  otherClass: ({ OTHER }) => String(OTHER.idFromName("a")),
  otherProgram: ({ MISSING }) => String(MISSING.idFromName("a")),
  noArgument: ({ ROOM }) => ROOM.idFromName(),
  names: ({ ROOM }) => [ROOM.idFromName("a").name, ROOM.idFromString(String(ROOM.idFromName("a"))).name ?? null, ROOM.newUniqueId().name ?? null],
  upper: ({ ROOM }) => String(ROOM.idFromString(String(ROOM.idFromName("a")).toUpperCase())),
  short: ({ ROOM }) => ROOM.idFromString("abc"),
  noHex: ({ ROOM }) => ROOM.idFromString("z".repeat(64)),
  foreign: ({ ROOM, OTHER }) => ROOM.idFromString(String(OTHER.idFromName("a"))),
  zeros: ({ ROOM }) => ROOM.idFromString("0".repeat(64)),
  equals: ({ ROOM }) => [ROOM.idFromName("a").equals(ROOM.idFromName("a")), ROOM.idFromName("a").equals(ROOM.idFromName("b"))],
  equalsText: ({ ROOM }) => ROOM.idFromName("a").equals("x"),
  unique: ({ ROOM }) => [String(ROOM.newUniqueId()).length, ROOM.newUniqueId().equals(ROOM.newUniqueId())],
  roundTrip: ({ ROOM }) => { const id = ROOM.newUniqueId(); return ROOM.idFromString(String(id)).equals(id); },
  jurisdiction: ({ ROOM }) => ROOM.jurisdiction("eu"),
  noJurisdiction: ({ ROOM }) => [String(ROOM.jurisdiction(undefined)), String(ROOM.jurisdiction(null))],
  uniqueJurisdiction: ({ ROOM }) => String(ROOM.newUniqueId({ jurisdiction: "eu" })),
  shape: ({ ROOM }) => shape(ROOM.idFromName("a")),
  namespace: ({ ROOM }) => shape(ROOM),
  clone: ({ ROOM }) => structuredClone(ROOM.idFromName("a")),
  cloneNamespace: ({ ROOM }) => structuredClone(ROOM),
  json: ({ ROOM }) => JSON.stringify([ROOM, ROOM.idFromName("a"), ROOM.getByName("a")]),
};

export const stubs = {
  text: ({ ROOM }) => [String(ROOM), String(ROOM.getByName("a"))],
  notId: ({ ROOM }) => ROOM.get("x"),
  foreignId: ({ ROOM, OTHER }) => String(ROOM.get(OTHER.idFromName("a"))),
  hint: ({ ROOM }) => String(ROOM.get(ROOM.idFromName("a"), { locationHint: "nowhere" })),
  routing: ({ ROOM }) => String(ROOM.get(ROOM.idFromName("a"), { routingMode: "x" })),
  primary: ({ ROOM }) => String(ROOM.get(ROOM.idFromName("a"), { routingMode: "primary-only" })),
  byName: ({ ROOM }) => [ROOM.getByName("q").name, String(ROOM.getByName("q").id), ROOM.get(ROOM.newUniqueId()).name ?? null],
  members: ({ ROOM }) => { const stub = ROOM.getByName("a"); return [typeof stub, typeof stub.whatever, typeof stub.then, stub.constructor?.name, Object.keys(stub), typeof ROOM.getExisting]; },
  relative: (env) => room(env, "relative").fetch("/x"),
  state: async (env) => (await room(env, "state").fetch(at("members"))).json(),
};

export const requests = {
  plain: async (env) => (await room(env, "plain").fetch(at(""))).json(),
  details: async (env) => (await room(env, "details").fetch(at(""), { cf: { x: 5 }, headers: { a: "b" } })).json(),
  echo: async (env) => { const response = await room(env, "echo").fetch(at("echo"), { method: "POST", body: "hello", headers: { a: "b" } }); return [response.status, [...response.headers], await response.text(), response.url, response.redirected, response.statusText]; },
  redirect: async (env) => { const response = await room(env, "redirect").fetch(at("redirect")); return [response.status, response.url, response.redirected, await response.text()]; },
  manual: async (env) => { const response = await room(env, "manual").fetch(at("redirect"), { redirect: "manual" }); return [response.status, [...response.headers], response.redirected]; },
  plainClass: (env) => env.PLAIN.getByName("a").fetch(at("")),
  missing: (env) => env.MISSING.getByName("a").fetch(at("")),
  itself: (env) => room(env, "itself").fetch(at("me")),
};

export const errors = Object.fromEntries(
  ["throw", "throw-plain", "throw-string", "nothing", "abort", "abort-none", "abort-error", "block-throw", "block-throw-sync"].map((path) => [path, (env) => room(env, `error ${path}`).fetch(at(path))]),
);
Object.assign(errors, {
  noFetch: (env) => env.OTHER.getByName("a").fetch(at("")),
  pendingAtAbort: async (env) => {
    const stub = room(env, "pending");
    const pending = attempt(() => stub.fetch(at("wait?ms=2000")));
    await scheduler.wait(50);
    const aborted = await attempt(() => stub.fetch(at("abort")));
    return [await pending, aborted, await attempt(() => stub.fetch(at("count"))), await attempt(() => room(env, "pending").fetch(at("count")))];
  },
  blocked: async (env) => { const stub = room(env, "block-throws"); return [await attempt(() => stub.fetch(at("count"))), await attempt(() => stub.fetch(at("count")))]; },
});

export const concurrency = {
  constructorBlocks: async (env) => (await (await room(env, "blocked").fetch(at(""))).json()).ready,
  blockGives: (env) => room(env, "block").fetch(at("block")),
  counts: async (env) => { const stub = room(env, "counts"); return Promise.all([1, 2, 3].map(async () => (await stub.fetch(at("count"))).text())); },
  interleave: async (env) => { const stub = room(env, "interleave"); return Promise.all([1, 2, 3].map(async () => (await stub.fetch(at("slow"))).text())); },
  order: async (env) => { const stub = room(env, "order"); return (await Promise.all([1, 2, 3, 4, 5].map(async (n) => (await stub.fetch(at(`order?${n}`))).text()))).at(-1); },
};

export const calls = {
  value: (env) => room(env, "call").greet("you"),
  property: async (env) => await room(env, "call").colour,
  error: async (env) => { try { return await room(env, "call").fails(); } catch (error) { return [String(error), error.remote, typeof error.durableObjectId, error.code]; } },
  callback: (env) => room(env, "call").callback((n) => n * 2),
  order: async (env) => { const stub = room(env, "call order"); return Promise.all([stub.waits(30), stub.greet("a"), stub.greet("b")]); },
  aborted: (env) => attempt(() => room(env, "call abort").aborts()),
  plainClass: (env) => env.PLAIN.getByName("a").something(),
  missing: (env) => env.MISSING.getByName("a").something(),
};

export const alarms = {
  runs: async (env) => { const stub = room(env, "alarm"); await stub.fetch(at("alarm-set?ms=100&mode=ok")); await scheduler.wait(700); return (await stub.fetch(at("alarm-runs"))).json(); },
  retries: async (env) => { const stub = room(env, "alarm that fails"); await stub.fetch(at("alarm-set?ms=50&mode=fail-once")); await scheduler.wait(3500); return (await stub.fetch(at("alarm-runs"))).json(); },
};

export const sockets = {
  errors: async (env) => (await room(env, "socket errors").fetch(at("hws-errors"))).json(),
  regular: (env) => talk(env, "ws", ["hi"]),
  hibernating: (env) => talk(env, "hws", ["hello", "ping", new Uint8Array([1, 2, 3])]),
};

/** Opens a socket to an object, and says something; what comes back. */
async function talk(env, path, messages) {
  const { webSocket } = await room(env, `socket ${path}`).fetch(at(path), { headers: { upgrade: "websocket" } });
  webSocket.accept();
  const heard = [];
  for (const message of messages) {
    const answer = new Promise((resolve) => webSocket.addEventListener("message", resolve, { once: true }));
    webSocket.send(message);
    heard.push((await answer).data);
  }
  const closed = new Promise((resolve) => webSocket.addEventListener("close", resolve, { once: true }));
  webSocket.close(4000, "enough");
  const { code, reason, wasClean } = await closed;
  return [heard, code, reason, wasClean];
}

const ask = async (env, name, path) => (await env.GATES.getByName(name).fetch(at(path))).json();
/** Has an object do these things at the same time; in which order they happened. */
const together = (...paths) => async (env) => {
  const name = paths.join(" ");
  await Promise.all(paths.map((path) => ask(env, name, path)));
  return ask(env, name, "read");
};
/** What an object says that nobody else asks. */
const alone = (path) => (env) => attempt(() => ask(env, path, path));

export const gates = {
  events: together("block", "hit", "hit"),
  waits: together("waits", "block"),
  timers: together("timer", "block"),
  requests: together("asks", "block"),
  two: alone("two"),
  nested: alone("nested?depth=10"),
  deepest: alone("nested?depth=64"),
  tooDeep: alone("nested?depth=70"),
  nestedOrder: alone("nestedOrder"),
  caught: alone("caught"),
  text: alone("text"),
  none: alone("none"),
  storage: alone("storage"),
  callback: (env) => env.GATES.getByName("callback").blockedCallback((n) => n + 1),
  later: (env) => env.GATES.getByName("later").blockedLater((x) => x),
  called: async (env) => {
    const stub = env.GATES.getByName("called");
    const hit = await stub.hits();
    const held = stub.hold(60);
    await scheduler.wait(20);
    const lines = await hit();
    await held;
    return lines;
  },
  transactions: alone("transactions"),
  transactionInTransaction: alone("transactionInTransaction"),
  writeBesideTransaction: alone("writeBesideTransaction"),
  failingTransaction: alone("failingTransaction"),
  longTransaction: together("waits", "longTransaction", "hit"),
  sync: together("sync", "hit"),
};

const undoneBy = (path) => async (env) => [await attempt(() => ask(env, path, path)), await ask(env, path, "kept")];
export const undone = {
  abort: undoneBy("abort"),
  waitAbort: undoneBy("waitAbort"),
  syncAbort: undoneBy("syncAbort"),
  blockThrows: undoneBy("blockThrows"),
  transactionAbort: undoneBy("transactionAbort"),
  sqlAbort: async (env) => [await attempt(() => ask(env, "sqlAbort", "sqlAbort")), await ask(env, "sqlAbort", "sqlTables")],
};

export const interruptions = Object.fromEntries(
  ["delete", "set", "slow"].map((what) => [
    what,
    async (env) => {
      const stub = env.ALARMS.getByName(`alarm ${what}`);
      await stub.fetch(at("set"));
      await scheduler.wait(3500);
      return (await stub.fetch(at("runs"))).json();
    },
  ]),
);

/** Some of these objects sleep meanwhile. */
export const idle = {
  all: async (env) => {
    const text = async (name, path = "count") => (await room(env, name).fetch(at(path))).text();
    const open = async (name, path) => {
      const { webSocket } = await room(env, name).fetch(at(path), { headers: { upgrade: "websocket" } });
      webSocket.accept();
      return webSocket;
    };
    const say = (socket, message) =>
      new Promise((resolve) => {
        socket.addEventListener("message", (event) => resolve(event.data), { once: true });
        socket.send(message);
      });
    await Promise.all([text("idle"), text("idle storage", "put"), text("idle timer", "keep-timer"), text("idle until", "keep-until")]);
    const regular = await open("idle regular", "ws");
    await text("idle regular");
    const hibernating = await open("idle hibernating", "hws");
    await text("idle hibernating");
    const before = JSON.parse(await say(hibernating, "state"));
    const held = env.CALLS.getByName("idle held");
    const tally = await held.tally();
    await held.bump();
    await tally.add(3);
    const old = env.CALLS.getByName("idle old");
    await old.bump();
    await scheduler.wait(14000);
    const after = JSON.parse(await say(hibernating, "state"));
    const seen = {
      plain: await text("idle"),
      storage: [await text("idle storage", "kept"), await text("idle storage")],
      timer: await text("idle timer"),
      until: await text("idle until"),
      regular: [await say(regular, "x"), await text("idle regular")],
      hibernating: [before[1] !== after[1], after[2], after[3], await say(hibernating, "ping"), await text("idle hibernating")],
      held: await attempt(async () => [await held.bump(), await tally.add(1)]),
      old: await attempt(() => old.bump()),
    };
    regular.close();
    hibernating.close(1000, "no-reply");
    return seen;
  },
};

const callable = (env) => env.CALLS.getByName("calls");
const failing = async (env, what) => {
  try {
    return await callable(env).throws(what);
  } catch (error) {
    return error;
  }
};
export const methods = {
  pipelined: (env) => callable(env).tally().add(4),
  pipelinedProperty: (env) => callable(env).several().plain,
  pipelinedDeep: (env) => callable(env).several().tally.next().add(2),
  target: async (env) => { const tally = await callable(env).tally(); return [await tally.add(1), await tally.add(2), await tally.count, String(tally)]; },
  function: async (env) => { const f = await callable(env).giveFunction(); return [await f(1), await f(2)]; },
  several: async (env) => { const object = await callable(env).several(); return [await object.add(1, 2), await object.tally.add(3), object.plain, typeof object[Symbol.dispose]]; },
  nestedError: async (env) => { const tally = await callable(env).tally(); try { await tally.fail(); } catch (error) { return [String(error), error.remote, typeof error.durableObjectId]; } },
  stream: async (env) => new Response(await callable(env).stream()).text(),
  readStream: (env) => callable(env).readStream(new Blob(["streamed to an object"]).stream()),
  writeStream: async (env) => { const { readable, writable } = new TransformStream(); const text = new Response(readable).text(); return [await callable(env).writeTo(writable), await text]; },
  response: async (env) => { const response = await callable(env).response(new Request("http://a/", { method: "POST", body: "posted" })); return [response.status, response.headers.get("x-method"), await response.text()]; },
  tooLarge: async (env) => { try { return (await callable(env).large(33 * 1024 * 1024)).length; } catch (error) { return String(error).replace(/\d{5,}/, "N"); } },
  large: async (env) => (await callable(env).large(5 * 1024 * 1024)).length,
  types: async (env) => { const values = [1n, new Date(0), new Map([["a", new Set([1])]]), /x/g, new Uint8Array([1, 2]), [undefined, null], new TypeError("t")]; return (await Promise.all(values.map((value) => callable(env).echo(value)))).map((value) => `${Object.prototype.toString.call(value)} ${value}`); },
  symbol: (env) => callable(env).echo(Symbol("x")),
  class: (env) => callable(env).echo(new (class A {})()),
  object: (env) => callable(env).useObject(env.CALLS.getByName("calls other")),
  targetArgument: async (env) => callable(env).useTally(await env.CALLS.getByName("calls third").tally()),
  itself: async (env) => { const self = await callable(env).self(); return [String(self), await self.greet("itself")]; },
  own: (env) => callable(env).count,
  context: (env) => callable(env).ctx,
  missing: (env) => callable(env).nothingOfTheKind(),
  private: (env) => callable(env)["#secret"](),
  notFunction: (env) => callable(env).colour(),
  thrownPlain: async (env) => Object.keys(await failing(env, "plain")).sort(),
  thrownText: async (env) => { const error = await failing(env, "text"); return [typeof error, String(error), error.remote ?? null]; },
  thrownDom: async (env) => { const error = await failing(env, "dom"); return [String(error), error.remote ?? null]; },
  thrownDetails: async (env) => { const error = await failing(env); return [String(error), String(error.cause), error.list ?? null]; },
  afterAbort: async (env) => { const stub = env.CALLS.getByName("calls abort"); const tally = await stub.tally(); const aborted = await attempt(() => stub.aborts()); return [aborted, await attempt(() => tally.add(1)), await attempt(() => stub.greet("x")), await attempt(() => env.CALLS.getByName("calls abort").greet("x"))]; },
  pendingAtAbort: async (env) => { const stub = env.CALLS.getByName("calls pending"); const pending = attempt(() => stub.waits(1000)); await scheduler.wait(30); await attempt(() => env.CALLS.getByName("calls pending").aborts()); return pending; },
  disposed: async (env) => { const tally = await callable(env).tally(); tally[Symbol.dispose](); return attempt(() => tally.add(1)); },
  duplicate: async (env) => { const tally = await callable(env).tally(); const other = tally.dup(); tally[Symbol.dispose](); return other.add(2); },
  order: async (env) => { const stub = env.CALLS.getByName("calls order"); return Promise.all(Array.from({ length: 20 }, () => stub.bump())); },
};
