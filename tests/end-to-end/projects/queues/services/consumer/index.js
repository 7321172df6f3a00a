// What it gets it tells who asks; what it does with it, the messages say.

/** Every message of every batch, in order. */
const seen = [];
let batches = 0;

const shape = (object) => {
  const own = Object.getOwnPropertyNames(object).map((name) => {
    const { get, value, enumerable, writable, configurable } = Object.getOwnPropertyDescriptor(object, name);
    return `${name}:${get ? "get" : typeof value}${enumerable ? "" : "-"}${writable ? "w" : ""}${configurable ? "c" : ""}`;
  });
  const prototype = Object.getPrototypeOf(object);
  return [String(object), object.constructor?.name, Object.keys(object), own.sort(), Object.getOwnPropertyNames(prototype).sort()];
};
const refused = (run) => {
  try {
    run();
    return "fine";
  } catch (error) {
    return `${error?.constructor?.name}: ${error?.message}`;
  }
};
const kind = (value) => `${Object.prototype.toString.call(value)}`;
const show = (value) =>
  value instanceof Map ? ["Map", [...value].map(([key, item]) => [key, show(item)])]
  : value instanceof Date ? ["Date", value.getTime()]
  : value instanceof ArrayBuffer ? ["ArrayBuffer", [...new Uint8Array(value)]]
  : ArrayBuffer.isView(value) ? [value.constructor.name, [...value]]
  : typeof value === "bigint" ? ["bigint", String(value)]
  : value;

/** What messages may ask for, by the name in their `plan`. */
const plans = {
  ackAll: (batch) => batch.ackAll(),
  retryAll: (batch) => batch.retryAll(),
  ackOne: ({ messages: [first] }) => first.ack(),
  retryOne: ({ messages: [first] }) => first.retry(),
  retryOneAckAll: (batch) => { batch.messages[0].retry(); batch.ackAll(); },
  ackAllRetryOne: (batch) => { batch.ackAll(); batch.messages[0].retry(); },
  ackOneRetryAll: (batch) => { batch.messages[0].ack(); batch.retryAll(); },
  retryAllAckOne: (batch) => { batch.retryAll(); batch.messages[0].ack(); },
  ackThenRetry: ({ messages: [first] }) => { first.ack(); first.retry(); },
  retryThenAck: ({ messages: [first] }) => { first.retry(); first.ack(); },
  ackAllRetryAll: (batch) => { batch.ackAll(); batch.retryAll(); },
  retryAllAckAll: (batch) => { batch.retryAll(); batch.ackAll(); },
  throws: () => { throw new Error("on purpose"); },
  rejects: async () => { await scheduler.wait(1); throw new Error("on purpose"); },
  ackOneThrow: ({ messages: [first] }) => { first.ack(); throw new Error("on purpose"); },
  ackAllThrow: (batch) => { batch.ackAll(); throw new Error("on purpose"); },
  waitUntilRejects: (batch, ctx) => ctx.waitUntil(scheduler.wait(1).then(() => { throw new Error("on purpose"); })),
  retryWithDelay: ({ messages: [first] }) => first.retry({ delaySeconds: 1 }),
  retryAllWithDelay: (batch) => batch.retryAll({ delaySeconds: 1 }),
  shapes: (batch) => [shape(batch), shape(batch.messages[0]), kind(batch.messages), Array.isArray(batch.messages), shape(batch.metadata), shape(batch.metadata.metrics)],
  values: ({ messages: [first], queue, metadata }) => [
    typeof first.id, first.id.length, /^[0-9a-f]+$/.test(first.id), kind(first.timestamp), Math.abs(Date.now() - first.timestamp) < 60_000, first.attempts, queue, metadata,
    typeof metadata.metrics.oldestMessageTimestamp,
  ],
  readOnly: (batch) => [
    ...[() => { batch.queue = "x"; }, () => { batch.messages = []; }, () => { batch.messages[0].body = 1; }].map((run) => refused(run).split(":")[0]),
    batch.queue, batch.messages.length, Object.isFrozen(batch.messages),
  ],
  arguments: ({ messages: [first] }) => [
    refused(() => first.retry(5)), refused(() => first.retry("x")), refused(() => first.retry({ delaySeconds: "x" })), refused(() => first.retry({ delaySeconds: -1 })),
    refused(() => first.retry({ delaySeconds: 2 ** 31 })), refused(() => first.retry(null)), refused(() => first.retry({})), refused(() => first.ack.call({})), first.ack(), first.retry(),
  ],
  contexts: (batch, ctx) => [kind(ctx), typeof ctx.waitUntil, ctx.props ?? "none"],
  json: (batch) => [JSON.parse(JSON.stringify(batch)).queue ?? "nothing", Object.keys(JSON.parse(JSON.stringify(batch.messages[0]))).sort()],
};

export default {
  async queue(batch, env, ctx) {
    batches++;
    const { plan, tag, until = Infinity } = batch.messages[0].body;
    const delivered = batch.messages.map(({ body, attempts, timestamp }) => ({ queue: batch.queue, batch: batches, tag: body.tag ?? tag, value: show(body.value), type: kind(body), raw: typeof body === "object" && !(body instanceof ArrayBuffer) && !(body instanceof Map) ? undefined : show(body), attempts, waited: Date.now() - timestamp }));
    seen.push(...delivered);
    if (plan === undefined || batch.messages[0].attempts > until) return;
    const told = await plans[plan](batch, ctx);
    if (told !== undefined) delivered[0].told = told;
  },

  /** `/tag`: what came with it. */
  fetch: (request) => Response.json(seen.filter(({ tag }) => tag === new URL(request.url).pathname.slice(1))),
};
