// setTimeout and its kin: https://html.spec.whatwg.org/#timers. Ids are numbers; a delay below zero is
// zero; a timer ends with the request that started it.

const NativeTypeError = TypeError;
const { apply } = Reflect;
const { max, trunc } = Math;

function start(name, callback, delay, repeat, callbackArguments) {
  if (typeof callback !== "function") throw new NativeTypeError(`${name}() takes a function.`);
  // A BigInt or a symbol throws.
  delay = max(trunc(+delay) || 0, 0);
  callback = internals.capture(callback);
  const run = () => {
    try {
      apply(callback, globalThis, callbackArguments);
    } catch (error) {
      // No `error` event, as on the original.
      internals.events.logUncaught(error);
    }
  };
  return ops.timer_start(run, delay, repeat);
}

function checkReceiver(receiver) {
  if (receiver !== undefined && receiver !== null && receiver !== globalThis) throw internals.illegalInvocation();
}

const timers = {
  setTimeout(callback, delay = 0, ...callbackArguments) {
    checkReceiver(this);
    return start("setTimeout", callback, delay, false, callbackArguments);
  },
  setInterval(callback, delay = 0, ...callbackArguments) {
    checkReceiver(this);
    return start("setInterval", callback, delay, true, callbackArguments);
  },
  clearTimeout(id = undefined) {
    checkReceiver(this);
    if (id !== undefined && id !== null) ops.timer_stop(Number(id) || 0);
  },
  clearInterval(id = undefined) {
    checkReceiver(this);
    if (id !== undefined && id !== null) ops.timer_stop(Number(id) || 0);
  },
  queueMicrotask(callback) {
    checkReceiver(this);
    if (typeof callback !== "function") throw new NativeTypeError("queueMicrotask() takes a function.");
    callback = internals.capture(callback);
    enqueue(() => {
      try {
        callback();
      } catch (error) {
        internals.reportException(error);
      }
    });
  },
};

const resolved = Promise.resolve();
const { then } = Promise.prototype;
const enqueue = (job) => apply(then, resolved, [job]);

for (const [name, value] of Object.entries(timers)) internals.expose(name, value);
internals.timers = timers;
