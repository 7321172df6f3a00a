// The array-like methods of Readable: map, filter, forEach, toArray, …
const { AbortError, ERR_INVALID_ARG_VALUE, ERR_MISSING_ARGS, ERR_OUT_OF_RANGE } = require("internal/errors");
const { validateAbortSignal, validateFunction, validateInteger, validateObject } = require("internal/validators");
const { isNodeStream, isWritable } = require("internal/stream/kinds");
const finished = require("internal/stream/finished");

const kEmpty = Symbol("kEmpty");
const kEnd = Symbol("kEnd");

function checkOptions(options) {
  if (options != null) validateObject(options, "options");
  if (options?.signal != null) validateAbortSignal(options.signal, "options.signal");
}

function throwIfAborted(options) {
  if (options?.signal?.aborted) throw new AbortError(undefined, { cause: options.signal.reason });
}

/** Calls `mapper` for up to `concurrency` chunks at once, and gives what comes of it in order. */
function map(mapper, options) {
  validateFunction(mapper, "fn");
  checkOptions(options);
  const concurrency = options?.concurrency != null ? Math.floor(options.concurrency) : 1;
  validateInteger(concurrency, "options.concurrency", 1);
  const ahead = options?.highWaterMark != null ? Math.floor(options.highWaterMark) : concurrency - 1;
  validateInteger(ahead, "options.highWaterMark", 0);
  return mapped.call(this, mapper, options, concurrency, ahead + concurrency);
}

async function* mapped(mapper, options, concurrency, roomMax) {
  const controller = new AbortController();
  const given = options?.signal;
  const signal = given ? AbortSignal.any([given, controller.signal]) : controller.signal;
  const stream = this;
  const queue = [];
  let wakeReader = null;
  let wakeSource = null;
  let isOver = false;
  let running = 0;

  const onFailed = () => {
    isOver = true;
    onSettled();
  };
  function onSettled() {
    running -= 1;
    mayGoOn();
  }
  function mayGoOn() {
    if (wakeSource && !isOver && running < concurrency && queue.length < roomMax) {
      wakeSource();
      wakeSource = null;
    }
  }
  (async () => {
    try {
      for await (const chunk of stream) {
        if (isOver) return;
        throwIfAborted({ signal });
        let value;
        try {
          value = mapper(chunk, { signal });
          if (value === kEmpty) continue;
          value = Promise.resolve(value);
        } catch (error) {
          value = Promise.reject(error);
        }
        running += 1;
        value.then(onSettled, onFailed);
        queue.push(value);
        if (wakeReader) {
          wakeReader();
          wakeReader = null;
        }
        if (!isOver && (queue.length >= roomMax || running >= concurrency)) {
          await new Promise((resolve) => {
            wakeSource = resolve;
          });
        }
      }
      queue.push(kEnd);
    } catch (error) {
      const failure = Promise.reject(error);
      failure.catch(onSettled);
      queue.push(failure);
    } finally {
      isOver = true;
      if (wakeReader) {
        wakeReader();
        wakeReader = null;
      }
    }
  })();
  try {
    for (;;) {
      while (queue.length > 0) {
        const value = await queue[0];
        if (value === kEnd) return;
        throwIfAborted({ signal });
        if (value !== kEmpty) yield value;
        queue.shift();
        mayGoOn();
      }
      await new Promise((resolve) => {
        wakeReader = resolve;
      });
    }
  } finally {
    controller.abort();
    isOver = true;
    if (wakeSource) {
      wakeSource();
      wakeSource = null;
    }
  }
}

function filter(predicate, options) {
  validateFunction(predicate, "fn");
  return map.call(this, async (value, context) => ((await predicate(value, context)) ? value : kEmpty), options);
}

async function forEach(visit, options) {
  validateFunction(visit, "fn");
  const each = async (value, context) => {
    await visit(value, context);
    return kEmpty;
  };
  for await (const unused of map.call(this, each, options)) void unused;
}

async function toArray(options) {
  checkOptions(options);
  const values = [];
  for await (const value of this) {
    throwIfAborted(options);
    values.push(value);
  }
  return values;
}

async function some(predicate, options) {
  validateFunction(predicate, "fn");
  for await (const unused of filter.call(this, predicate, options)) {
    void unused;
    return true;
  }
  return false;
}

async function every(predicate, options) {
  validateFunction(predicate, "fn");
  return !(await some.call(this, async (...given) => !(await predicate(...given)), options));
}

async function find(predicate, options) {
  validateFunction(predicate, "fn");
  for await (const value of filter.call(this, predicate, options)) return value;
  return undefined;
}

class ReduceMissingArgs extends ERR_MISSING_ARGS {
  constructor() {
    super("reduce");
    this.message = "Reduce of an empty stream requires an initial value";
  }
}

async function reduce(reducer, initial, options) {
  validateFunction(reducer, "reducer");
  checkOptions(options);
  let hasValue = arguments.length > 1;
  let accumulated = initial;
  if (options?.signal?.aborted) {
    const error = new AbortError(undefined, { cause: options.signal.reason });
    this.once("error", () => {});
    await new Promise((resolve) => finished(this.destroy(error), () => resolve()));
    throw error;
  }
  const controller = new AbortController();
  const { signal } = controller;
  const onAbort = () => controller.abort();
  options?.signal?.addEventListener("abort", onAbort, { once: true });
  let isEmpty = true;
  try {
    for await (const value of this) {
      isEmpty = false;
      throwIfAborted(options);
      if (!hasValue) {
        accumulated = value;
        hasValue = true;
      } else {
        accumulated = await reducer(accumulated, value, { signal });
      }
    }
    if (isEmpty && !hasValue) throw new ReduceMissingArgs();
  } finally {
    controller.abort();
    options?.signal?.removeEventListener("abort", onAbort);
  }
  return accumulated;
}

function flatMap(mapper, options) {
  const values = map.call(this, mapper, options);
  return (async function* flat() {
    for await (const value of values) yield* value;
  })();
}

function count(given) {
  const number = Number(given);
  if (Number.isNaN(number)) return 0;
  if (number < 0) throw new ERR_OUT_OF_RANGE("number", ">= 0", number);
  return number;
}

function drop(given, options) {
  checkOptions(options);
  const dropped = count(given);
  const stream = this;
  return (async function* rest() {
    throwIfAborted(options);
    let left = dropped;
    for await (const value of stream) {
      throwIfAborted(options);
      if (left-- <= 0) yield value;
    }
  })();
}

function take(given, options) {
  checkOptions(options);
  const taken = count(given);
  const stream = this;
  return (async function* first() {
    throwIfAborted(options);
    let left = taken;
    for await (const value of stream) {
      throwIfAborted(options);
      if (left-- > 0) yield value;
      // The one after the last is not waited for.
      if (left <= 0) return;
    }
  })();
}

function compose(stream, options) {
  checkOptions(options);
  if (isNodeStream(stream) && !isWritable(stream)) throw new ERR_INVALID_ARG_VALUE("stream", stream, "must be writable");
  const composed = require("internal/stream/compose")(this, stream);
  if (options?.signal) require("internal/stream/abort-signal").watch(options.signal, composed);
  return composed;
}

return {
  /** These give another stream; */
  streams: { drop, filter, flatMap, map, take, compose },
  /** these a promise. */
  promises: { every, forEach, reduce, toArray, some, find },
};
