// node:timers/promises
const { AbortError } = require("internal/errors");
const { validateAbortSignal, validateBoolean, validateObject, validateNumber } = require("internal/validators");
const timers = require("timers");

/** The checked options. */
function read(options) {
  validateObject(options, "options");
  const { signal, ref = true } = options;
  validateAbortSignal(signal, "options.signal");
  validateBoolean(ref, "options.ref");
  return signal;
}

const aborted = (signal) => new AbortError(undefined, { cause: signal.reason });

/** A promise for `value`, after `start(resolve)` called back; `start` gives what stops it. */
async function after(value, options, start) {
  const signal = read(options);
  if (signal?.aborted) throw aborted(signal);
  return new Promise((resolve, reject) => {
    const stop = start(() => {
      signal?.removeEventListener("abort", cancel);
      resolve(value);
    });
    const cancel = () => {
      stop();
      reject(aborted(signal));
    };
    signal?.addEventListener("abort", cancel);
  });
}

function setTimeout(delay = undefined, value = undefined, options = {}) {
  return after(value, options, (done) => {
    if (delay !== undefined) validateNumber(delay, "delay");
    const timer = timers.setTimeout(done, delay);
    return () => timers.clearTimeout(timer);
  });
}

function setImmediate(value = undefined, options = {}) {
  return after(value, options, (done) => {
    const timer = timers.setImmediate(done);
    return () => timers.clearImmediate(timer);
  });
}

async function* setInterval(delay = undefined, value = undefined, options = {}) {
  const signal = read(options);
  if (signal?.aborted) throw aborted(signal);
  let pending = 0;
  let wake = () => {};
  const timer = timers.setInterval(() => {
    pending++;
    wake();
  }, delay);
  const cancel = () => wake();
  signal?.addEventListener("abort", cancel);
  try {
    for (;;) {
      while (pending === 0 && !signal?.aborted) {
        await new Promise((resolve) => {
          wake = resolve;
        });
      }
      if (signal?.aborted) throw aborted(signal);
      for (; pending > 0; pending--) yield value;
    }
  } finally {
    timers.clearInterval(timer);
    signal?.removeEventListener("abort", cancel);
  }
}

Object.assign(exports, {
  setTimeout,
  setImmediate,
  setInterval,
  scheduler: {
    wait: (delay, options = {}) => setTimeout(delay, undefined, options),
    yield: () => setImmediate(),
  },
});
