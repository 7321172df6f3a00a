// Events as promises: once() and on().
const { AbortError, ERR_INVALID_ARG_TYPE } = require("internal/errors");
const { validateAbortSignal, validateObject, validateFunction, validateInteger } = require("internal/validators");
const { isEmitter } = require("internal/events/emitter");
const { isEventTarget } = internals.events;
const AsyncIteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}).prototype);

/** Starts to listen on an emitter or a target; gives what ends that. */
function listen(emitter, event, listener, once = false) {
  if (isEmitter(emitter)) {
    if (once && typeof emitter.once === "function") emitter.once(event, listener);
    else emitter.on(event, listener);
    return () => emitter.removeListener(event, listener);
  }
  if (isEventTarget(emitter) || typeof emitter?.addEventListener === "function") {
    emitter.addEventListener(event, listener, { once });
    return () => emitter.removeEventListener(event, listener);
  }
  throw new ERR_INVALID_ARG_TYPE("emitter", "EventEmitter", emitter);
}

const abortError = (signal) => new AbortError(undefined, { cause: signal.reason });

async function once(emitter, name, options = {}) {
  validateObject(options, "options");
  const { signal } = options;
  validateAbortSignal(signal, "options.signal");
  if (signal?.aborted) throw abortError(signal);
  return new Promise((resolve, reject) => {
    const endings = [];
    const settle = (settler, value) => {
      for (const end of endings) end();
      settler(value);
    };
    endings.push(listen(emitter, name, (...args) => settle(resolve, args), true));
    // An EventTarget has no errors of its own.
    if (name !== "error" && isEmitter(emitter)) endings.push(listen(emitter, "error", (error) => settle(reject, error), true));
    if (signal !== undefined) endings.push(listen(signal, "abort", () => settle(reject, abortError(signal)), true));
  });
}

function on(emitter, event, options = {}) {
  validateObject(options, "options");
  const { signal, close } = options;
  validateAbortSignal(signal, "options.signal");
  if (signal?.aborted) throw abortError(signal);
  const highWaterMark = options.highWaterMark ?? options.highWatermark ?? Number.MAX_SAFE_INTEGER;
  const lowWaterMark = options.lowWaterMark ?? options.lowWatermark ?? 1;
  validateInteger(highWaterMark, "options.highWaterMark", 1);
  validateInteger(lowWaterMark, "options.lowWaterMark", 1);

  const events = [];
  const waiting = [];
  const endings = [];
  let error = null;
  let finished = false;
  let paused = false;

  function end() {
    for (const ending of endings.splice(0)) ending();
    finished = true;
    const done = { value: undefined, done: true };
    for (const { resolve } of waiting.splice(0)) resolve(done);
    return Promise.resolve(done);
  }
  function fail(failure) {
    if (waiting.length > 0) waiting.shift().reject(failure);
    else error = failure;
    end();
  }
  function arrived(...args) {
    if (waiting.length > 0) {
      waiting.shift().resolve({ value: args, done: false });
      return;
    }
    events.push(args);
    if (!paused && events.length > highWaterMark && typeof emitter.pause === "function") {
      paused = true;
      emitter.pause();
    }
  }

  const iterator = {
    __proto__: AsyncIteratorPrototype,
    next() {
      if (events.length > 0) {
        const value = events.shift();
        if (paused && events.length < lowWaterMark) {
          paused = false;
          emitter.resume();
        }
        return Promise.resolve({ value, done: false });
      }
      if (error !== null) {
        const failure = error;
        error = null;
        return Promise.reject(failure);
      }
      if (finished) return end();
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    return: end,
    throw(failure) {
      if (!(failure instanceof Error)) throw new ERR_INVALID_ARG_TYPE("EventEmitter.AsyncIterator", "Error", failure);
      fail(failure);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };

  endings.push(listen(emitter, event, arrived));
  if (event !== "error" && isEmitter(emitter)) endings.push(listen(emitter, "error", fail));
  for (const name of close ?? []) endings.push(listen(emitter, name, end));
  if (signal !== undefined) endings.push(listen(signal, "abort", () => fail(abortError(signal)), true));
  return iterator;
}

/** Calls `listener` once `signal` is aborted, also when a listener before it stops the event. */
function addAbortListener(signal, listener) {
  if (signal === undefined) throw new ERR_INVALID_ARG_TYPE("signal", "AbortSignal", signal);
  validateAbortSignal(signal, "signal");
  validateFunction(listener, "listener");
  let stop;
  if (signal.aborted) queueMicrotask(() => listener());
  else stop = listen(signal, "abort", listener, true);
  return {
    __proto__: null,
    [Symbol.dispose]() {
      stop?.();
    },
  };
}

Object.assign(exports, { once, on, addAbortListener });
