// What a program's `queue` handler gets, and what it says of it.
// https://developers.cloudflare.com/queues/configuration/javascript-apis/#consumer

const { parse, stringify } = JSON;
const { defineProperty } = Object;
const { integer, isObject } = internals.conversions;
const { metrics } = internals.queues;

const FROM_RUNTIME = Symbol("made by the runtime");

/** The formats of bodies, as consumer.rs knows them. */
const BYTES = 1;
const JSON_TEXT = 2;
const CLONE = 3;

const warn = (text) => ops.log("warn", text);

/** Members that are read-only, as the original shows them. */
function show(object, members) {
  for (const name in members) defineProperty(object, name, { value: members[name], writable: false, enumerable: true, configurable: true });
}

/** The delay that a call of `retry` or `retryAll` asks for. */
function readDelay(method, owner, options) {
  if (options === undefined || options === null) return undefined;
  if (!isObject(options)) throw internals.conversions.wrongArgument(method, owner, 1, "QueueRetryOptions");
  const { delaySeconds } = options;
  return delaySeconds === undefined ? undefined : integer(delaySeconds);
}

/** What the handler has said so far. */
class Verdict {
  ackAll = false;
  retryAll = false;
  batchDelay = undefined;
  /** Messages that were acknowledged one by one. */
  acknowledged = new Set();
  /** Those to be tried again, with the delay that was asked for. */
  retried = new Map();

  /** Whether the consumer failed to deal with a message. What was said of it alone counts most, then what was said of all. */
  failed(message, handlerFailed) {
    if (this.retried.has(message)) return true;
    if (this.acknowledged.has(message) || this.ackAll) return false;
    return this.retryAll || handlerFailed;
  }

  delay(message) {
    return this.retried.get(message) ?? this.batchDelay;
  }
}

let stateOf, batchOf;

class QueueMessage {
  #verdict;

  static {
    stateOf = (message) => {
      if (!isObject(message) || !(#verdict in message)) throw internals.illegalInvocation();
      return message.#verdict;
    };
  }

  constructor(key, verdict, members) {
    if (key !== FROM_RUNTIME) throw new TypeError("Illegal constructor");
    this.#verdict = verdict;
    show(this, members);
  }

  retry(options = undefined) {
    const verdict = stateOf(this);
    const delay = readDelay("retry", "QueueMessage", options);
    const { id } = this;
    if (verdict.ackAll) {
      return warn(`Received a call to retry() on message ${id} after ackAll() was already called. Calling retry() on a message after calling ackAll() has no effect.`);
    }
    if (verdict.acknowledged.has(this)) {
      return warn(`Received a call to retry() on message ${id} after ack() was already called. Calling retry() on a message after calling ack() has no effect.`);
    }
    verdict.retried.set(this, delay ?? verdict.retried.get(this));
  }

  ack() {
    const verdict = stateOf(this);
    if (verdict.ackAll) return;
    const { id } = this;
    if (verdict.retryAll) {
      return warn(`Received a call to ack() on message ${id} after retryAll() was already called. Calling ack() on a message after calling retryAll() has no effect.`);
    }
    if (verdict.retried.has(this)) {
      return warn(`Received a call to ack() on message ${id} after retry() was already called. Calling ack() on a message after calling retry() has no effect.`);
    }
    verdict.acknowledged.add(this);
  }
}

class QueueController {
  #verdict;

  static {
    batchOf = (batch) => {
      if (!isObject(batch) || !(#verdict in batch)) throw internals.illegalInvocation();
      return batch.#verdict;
    };
  }

  constructor(key, verdict, members) {
    if (key !== FROM_RUNTIME) throw new TypeError("Illegal constructor");
    this.#verdict = verdict;
    show(this, members);
  }

  retryAll(options = undefined) {
    const verdict = batchOf(this);
    const delay = readDelay("retryAll", "QueueController", options);
    if (verdict.ackAll) {
      return warn("Received a call to retryAll() after ackAll() was already called. Calling retryAll() after calling ackAll() has no effect.");
    }
    verdict.retryAll = true;
    verdict.batchDelay = delay ?? verdict.batchDelay;
  }

  ackAll() {
    const verdict = batchOf(this);
    if (verdict.retryAll) {
      return warn("Received a call to ackAll() after retryAll() was already called. Calling ackAll() after calling retryAll() has no effect.");
    }
    verdict.ackAll = true;
  }
}

internals.defineClass(QueueMessage, "QueueMessage");
internals.defineClass(QueueController, "QueueController");

function bodyOf(format, body) {
  switch (format) {
    case BYTES:
      return body.buffer;
    case JSON_TEXT:
      return parse(body);
    case CLONE:
      return internals.deserialize(body);
    default:
      return body;
  }
}

/** Waits for everything given to `waitUntil`, and for what that gives to it; whether none of it was rejected. */
async function allSettled(waits) {
  let fine = true;
  for (let i = 0; i < waits.length; i++) {
    try {
      await waits[i];
    } catch {
      fine = false;
    }
  }
  return fine;
}

/** What ends batches that the program deals with, whatever their handlers do: by the numbers of their requests. */
const interruptions = new Map();

/** The handler of a batch has not come to its end and never will: what it said of single messages holds, the others failed. */
internals.interruptBatch = (id) => interruptions.get(id)?.();

/**
 * Has the program deal with a batch, on behalf of request `id`. `description` is JSON: { queue, messages: [{ id, timestamp, attempts, format }, …],
 * backlog: what `metrics` takes }; `bodies` are text or bytes, by the format.
 */
internals.deliverBatch = async (id, description, bodies) => {
  const { queue, messages: described, backlog } = parse(description);
  const verdict = new Verdict();
  const waits = [];
  let messages = [];
  let thrown = null;
  const settle = (handlerFailed, isDone) => {
    interruptions.delete(id);
    const isFailed = (message) => message === undefined || verdict.failed(message, handlerFailed);
    const failed = described.map((_, index) => index).filter((index) => isFailed(messages[index]));
    const delays = failed.map((index) => verdict.delay(messages[index]) ?? null);
    ops.queue_verdict(id, stringify({ failed, delays }), isDone);
  };
  interruptions.set(id, () => settle(true, false));
  try {
    messages = described.map(({ id, timestamp, attempts, format }, index) => {
      const body = bodyOf(format, bodies[index]);
      return new QueueMessage(FROM_RUNTIME, verdict, { attempts, body, timestamp: new Date(timestamp), id });
    });
    const batch = new QueueController(FROM_RUNTIME, verdict, { metadata: { metrics: metrics(backlog) }, queue, messages: [...messages] });
    await internals.entrypoints.handle(internals.entrypoints.open(null, null, id, waits), "queue", batch);
  } catch (error) {
    thrown = { error };
  }
  // The failures of what is given to `waitUntil` are logged as such.
  const isFine = internals.compatibility.queue_consumer_no_wait_for_wait_until || (await allSettled(waits));
  if (interruptions.has(id)) settle(thrown !== null || !isFine, thrown === null);
  if (thrown !== null) internals.reportFailure(id, thrown.error);
};
