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
