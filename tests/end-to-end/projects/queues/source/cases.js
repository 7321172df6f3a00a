const told = async (run) => {
  try {
    const value = await run();
    return value === undefined ? "undefined" : value;
  } catch (error) {
    return `${error?.constructor?.name}: ${error?.message}`;
  }
};
/** Whether it was sent, or why not. */
const outcome = async (run) => {
  const value = await told(run);
  return typeof value === "object" ? "sent" : value;
};

/** Throws at once, or rejects. */
const when = (run) => {
  try {
    run().catch(() => {});
    return "rejects";
  } catch {
    return "throws";
  }
};

let tags = 0;
const tagged = () => `${Date.now()}-${tags++}`;

/** What the consumer got with a tag, once that is `count` messages; nothing more comes for a moment. */
const delivered = async ({ CONSUMER }, tag, count) => {
  for (;;) {
    const response = await CONSUMER.fetch(`http://consumer/${tag}`);
    const seen = await response.json();
    if (seen.length >= count) {
      await scheduler.wait(100);
      return (await CONSUMER.fetch(`http://consumer/${tag}`)).json();
    }
    await scheduler.wait(10);
  }
};
/** Sends messages with these values and this plan; gives each delivery of each. */
const planned = async (env, plan, count, { values = ["a", "b", "c"], until, queue = env.JOBS, consumer = env } = {}) => {
  const tag = tagged();
  await queue.sendBatch(values.map((value) => ({ body: { tag, plan, value, until } })));
  const seen = await delivered(consumer, tag, count);
  return seen.map(({ queue, value, attempts }) => `${value} ${attempts} ${queue}`).sort();
};
/** What a plan tells of its first delivery. */
const asked = async (env, plan) => {
  const tag = tagged();
  await env.JOBS.send({ tag, plan });
  return (await delivered(env, tag, 1))[0].told;
};
/** What arrives of a message. */
const arrived = async (env, body, options) => {
  const tag = tagged();
  await env.JOBS.send({ tag, value: body }, options);
  const [{ value, type }] = await delivered(env, tag, 1);
  return [value ?? "nothing", type];
};
/** What arrives of a message that has no place for a tag of its own: it comes second in a batch. */
const arrivedRaw = async (env, body, contentType) => {
  const tag = tagged();
  await env.JOBS.sendBatch([{ body: { tag } }, { body, contentType }]);
  const [, second] = await delivered(env, tag, 2);
  return [second.raw ?? second.value ?? "nothing", second.type];
};
/** Two deliveries, and whether the second came after at least a second. */
const late = async (env, tag) => {
  const seen = await delivered(env, tag, 2);
  return [seen.map(({ value, attempts }) => [value ?? "", attempts]), seen[1].waited >= 990];
};
const older = async (env, test) => {
  const tag = tagged();
  const response = await env.OLDER.fetch("http://older/", { method: "POST", body: JSON.stringify({ tag, test }) });
  return [await response.json(), tag];
};

export const sending = {
  tag: ({ HELD }) => [String(HELD), HELD.constructor.name, typeof HELD],
  methods: ({ HELD }) => Object.getOwnPropertyNames(Object.getPrototypeOf(HELD)),
  enumerable: ({ HELD }) => { const names = []; for (const name in HELD) names.push(name); return names; },
  own: ({ HELD }) => [Object.keys(HELD), JSON.stringify(HELD)],
  lengths: ({ HELD }) => [HELD.send.length, HELD.sendBatch.length, HELD.metrics.length],
  clone: ({ HELD }) => structuredClone(HELD),
  foreignThis: ({ HELD }) => HELD.send.call({}, 1),
  construct: ({ HELD }) => new HELD.constructor(),
  empty: ({ HELD }) => HELD.metrics(),
  first: ({ HELD }) => HELD.send("one"),
  second: async ({ HELD }) => { const { metadata: { metrics } } = await HELD.send("two"); return [metrics.backlogCount, metrics.backlogBytes, typeof metrics.oldestMessageTimestamp, metrics.oldestMessageTimestamp instanceof Date]; },
  batch: async ({ HELD }) => { const { metadata: { metrics } } = await HELD.sendBatch([{ body: "three" }, { body: 4 }]); return [metrics.backlogCount, metrics.backlogBytes]; },
  metrics: async ({ HELD }) => { const { backlogCount, backlogBytes, oldestMessageTimestamp } = await HELD.metrics(); return [backlogCount, backlogBytes, Math.abs(Date.now() - oldestMessageTimestamp) < 60_000]; },
  delayed: async ({ HELD }) => { await HELD.send("later", { delaySeconds: 3600 }); return (await HELD.metrics()).backlogCount; },
  nobody: async ({ NOBODY }) => { await NOBODY.send(1); return (await NOBODY.metrics()).backlogCount; },

  nothing: ({ HELD }) => HELD.send(),
  undefined: ({ HELD }) => HELD.send(undefined),
  noBatch: ({ HELD }) => HELD.sendBatch(),
  emptyBatch: ({ HELD }) => HELD.sendBatch([]),
  batchOfNothing: ({ HELD }) => HELD.sendBatch([{}]),
  batchOfNumbers: ({ HELD }) => HELD.sendBatch([5]),
  batchNoList: ({ HELD }) => HELD.sendBatch({ body: 1 }),
  batchText: ({ HELD }) => HELD.sendBatch("abc"),
  batchNull: ({ HELD }) => HELD.sendBatch(null),
  batchNullMessage: ({ HELD }) => HELD.sendBatch([null]),
  whenItFails: ({ HELD }) => [when(() => HELD.send()), when(() => HELD.send(undefined)), when(() => HELD.send(1, { contentType: "xml" })), when(() => HELD.sendBatch([])), when(() => HELD.send(1, 5)), when(() => HELD.sendBatch(5)), when(() => HELD.send({ toJSON() { throw new Error("x"); } }))],

  unknownType: ({ HELD }) => told(() => HELD.send("x", { contentType: "xml" })),
  typeCase: ({ HELD }) => outcome(() => HELD.send("x", { contentType: "TEXT" })),
  typeCaseBatch: ({ HELD }) => outcome(() => HELD.sendBatch([{ body: "x", contentType: "TEXT" }])),
  typeEmpty: ({ HELD }) => told(() => HELD.send("x", { contentType: "" })),
  typeNull: ({ HELD }) => told(() => HELD.send("x", { contentType: null })),
  typeNumber: ({ HELD }) => told(() => HELD.send("x", { contentType: 5 })),
  textNumber: ({ HELD }) => told(() => HELD.send(5, { contentType: "text" })),
  textNull: ({ HELD }) => told(() => HELD.send(null, { contentType: "text" })),
  textObject: ({ HELD }) => told(() => HELD.send({}, { contentType: "text" })),
  bytesBuffer: ({ HELD }) => told(() => HELD.send(new ArrayBuffer(2), { contentType: "bytes" })),
  bytesText: ({ HELD }) => told(() => HELD.send("x", { contentType: "bytes" })),
  bytesFunction: ({ HELD }) => told(() => HELD.send(() => {}, { contentType: "bytes" })),
  detaches: async ({ HELD }) => { const bytes = new Uint8Array(3); await HELD.send(bytes, { contentType: "bytes" }); return bytes.byteLength; },
  batchDetaches: async ({ HELD }) => { const bytes = new Uint8Array(3); await HELD.sendBatch([{ body: bytes, contentType: "bytes" }]); return bytes.byteLength; },
  circular: async ({ HELD }) => { const value = {}; value.self = value; return (await told(() => HELD.send(value))).split(":")[0]; },
  bigint: async ({ HELD }) => (await told(() => HELD.send(5n))).split(":")[0],
  function: ({ HELD }) => outcome(() => HELD.send(() => {})),
  symbol: ({ HELD }) => outcome(() => HELD.send(Symbol("x"))),
  v8Function: ({ HELD }) => told(() => HELD.send(() => {}, { contentType: "v8" })).then((text) => text.split(":")[0]),

  options: ({ HELD }) => Promise.all([5, "x", null, undefined, {}].map((options) => outcome(() => HELD.send(1, options)))),
  batchOptions: ({ HELD }) => Promise.all([5, "x", null, undefined, {}].map((options) => outcome(() => HELD.sendBatch([{ body: 1 }], options)))),
  delays: ({ HELD }) => Promise.all([0, 1, 86400, 86401, -1, 1.5, "5", "x", null, NaN, Infinity, 2 ** 31].map((delaySeconds) => outcome(() => HELD.send(1, { delaySeconds })))),
  batchDelays: ({ HELD }) => Promise.all([0, 86400, 86401, -1, 1.5, "x"].map((delaySeconds) => outcome(() => HELD.sendBatch([{ body: 1 }], { delaySeconds })))),
  messageDelays: ({ HELD }) => Promise.all([0, 86400, 86401, -1, 1.5, "x"].map((delaySeconds) => outcome(() => HELD.sendBatch([{ body: 1, delaySeconds }])))),

  longest: ({ HELD }) => outcome(() => HELD.send("x".repeat(128000), { contentType: "text" })),
  tooLong: ({ HELD }) => told(() => HELD.send("x".repeat(128001), { contentType: "text" })),
  tooLongUtf8: ({ HELD }) => told(() => HELD.send("é".repeat(64001), { contentType: "text" })),
  tooLongJson: ({ HELD }) => told(() => HELD.send("x".repeat(127999))),
  most: ({ HELD }) => outcome(() => HELD.sendBatch(Array(100).fill({ body: 1 }))),
  tooMany: ({ HELD }) => told(() => HELD.sendBatch(Array(101).fill({ body: 1 }))),
  tooLongInBatch: ({ HELD }) => told(() => HELD.sendBatch([{ body: 1 }, { body: "x".repeat(128001), contentType: "text" }])),
  longestBatch: ({ HELD }) => outcome(() => HELD.sendBatch([96000, 96000, 96000].map((length) => ({ body: "x".repeat(length), contentType: "text" })))),
  tooLongBatch: ({ HELD }) => told(() => HELD.sendBatch([96000, 96000, 96001].map((length) => ({ body: "x".repeat(length), contentType: "text" })))),
  errorShape: ({ HELD }) => HELD.send("x".repeat(128001), { contentType: "text" }),

  olderLong: async (env) => (await older(env, "long"))[0],
  olderLate: async (env) => (await older(env, "late"))[0],
  olderLongBatch: async (env) => (await older(env, "longBatch"))[0],
};

export const consuming = {
  json: (env) => arrived(env, { a: [1, null, "x"], b: new Map([[1, 2]]), c: undefined, d: new Date(0) }),
  v8: (env) => arrived(env, new Map([["a", new Date(5)], ["b", 5n], ["c", new Uint8Array([1, 2])]]), { contentType: "v8" }),
  text: (env) => arrivedRaw(env, "plain ü", "text"),
  textSurrogate: (env) => arrivedRaw(env, "\ud800", "text"),
  bytes: (env) => arrivedRaw(env, new Uint8Array([1, 2, 3]).subarray(1), "bytes"),
  dataView: (env) => arrivedRaw(env, new DataView(new ArrayBuffer(2)), "bytes"),
  jsonText: (env) => arrivedRaw(env, "quoted", "json"),
  jsonNumber: (env) => arrivedRaw(env, 5, "json"),
  v8Date: (env) => arrivedRaw(env, new Date(7), "v8"),
  v8View: (env) => arrivedRaw(env, { value: new Uint16Array([5]) }, "v8"),
  generator: async (env) => { const tag = tagged(); await env.JOBS.sendBatch((function* () { yield { body: { tag, value: 1 } }; yield { body: { tag, value: 2 } }; })()); return (await delivered(env, tag, 2)).map(({ value }) => value).sort(); },
  olderDefault: async (env) => { const [, tag] = await older(env, "default"); return (await delivered(env, tag, 1))[0].value; },
  olderJson: async (env) => { const [, tag] = await older(env, "json"); return (await delivered(env, tag, 1))[0].value; },

  shapes: (env) => asked(env, "shapes"),
  values: (env) => asked(env, "values"),
  readOnly: (env) => asked(env, "readOnly"),
  arguments: (env) => asked(env, "arguments"),
  contexts: (env) => asked(env, "contexts"),
  stringified: (env) => asked(env, "json"),
  batches: async (env) => { const tag = tagged(); await env.JOBS.sendBatch([1, 2, 3, 4, 5, 6].map((value) => ({ body: { tag, value } }))); const seen = await delivered(env, tag, 6); return [...new Set(seen.map(({ batch }) => batch))].map((batch) => seen.filter((message) => message.batch === batch).map(({ value }) => value)); },

  silence: (env) => planned(env, undefined, 3),
  ackAll: (env) => planned(env, "ackAll", 3),
  retryAll: (env) => planned(env, "retryAll", 6, { until: 1 }),
  ackOne: (env) => planned(env, "ackOne", 3),
  retryOne: (env) => planned(env, "retryOne", 4, { until: 1 }),
  retryOneAckAll: (env) => planned(env, "retryOneAckAll", 4, { until: 1 }),
  ackAllRetryOne: (env) => planned(env, "ackAllRetryOne", 3),
  ackOneRetryAll: (env) => planned(env, "ackOneRetryAll", 5, { until: 1 }),
  retryAllAckOne: (env) => planned(env, "retryAllAckOne", 6, { until: 1 }),
  ackThenRetry: (env) => planned(env, "ackThenRetry", 3),
  retryThenAck: (env) => planned(env, "retryThenAck", 4, { until: 1 }),
  ackAllRetryAll: (env) => planned(env, "ackAllRetryAll", 3),
  retryAllAckAll: (env) => planned(env, "retryAllAckAll", 6, { until: 1 }),
  throws: (env) => planned(env, "throws", 6, { until: 1 }),
  rejects: (env) => planned(env, "rejects", 6, { until: 1 }),
  ackOneThrow: (env) => planned(env, "ackOneThrow", 5, { until: 1 }),
  ackAllThrow: (env) => planned(env, "ackAllThrow", 3, { until: 1 }),
  waitUntilRejects: (env) => planned(env, "waitUntilRejects", 6, { until: 1 }),
  noWaitForWaitUntil: (env) => planned(env, "waitUntilRejects", 3, { queue: env.QUICK, consumer: { CONSUMER: env.QUICK_CONSUMER } }),
  dead: (env) => planned(env, "throws", 6, { values: ["a"], until: 3 }),
  deadRetry: (env) => planned(env, "retryOne", 6, { values: ["a"], until: 3 }),
  dropped: (env) => planned(env, "throws", 1, { values: ["a"], queue: env.DROPPED }),

  delay: async (env) => { const tag = tagged(); await env.JOBS.send({ tag }, { delaySeconds: 1 }); const [{ waited }] = await delivered(env, tag, 1); return waited >= 990; },
  batchDelay: async (env) => { const tag = tagged(); await env.JOBS.sendBatch([{ body: { tag, value: "late" } }, { body: { tag, value: "soon" }, delaySeconds: 0 }], { delaySeconds: 1 }); return late(env, tag); },
  deliveryDelay: async (env) => { const tag = tagged(); await env.SLOW.sendBatch([{ body: { tag, value: "late" } }, { body: { tag, value: "soon" }, delaySeconds: 0 }]); return late(env, tag); },
  retryDelay: async (env) => { const tag = tagged(); await env.JOBS.send({ tag, plan: "retryWithDelay", until: 1 }); return late(env, tag); },
  retryAllDelay: async (env) => { const tag = tagged(); await env.JOBS.send({ tag, plan: "retryAllWithDelay", until: 1 }); return late(env, tag); },
  configuredRetryDelay: async (env) => { const tag = tagged(); await env.SLOW.send({ tag, plan: "retryAll", until: 1 }, { delaySeconds: 0 }); return late(env, tag); },
};
