// setTimeout and its kin: https://html.spec.whatwg.org/#timers. Ids are numbers; a delay below zero is
// zero; a timer ends with the request that started it.

const { apply } = Reflect;

function start(name, callback, delay, repeat, callbackArguments) {
  if (typeof callback !== "function") throw new TypeError(`${name}() takes a function.`);
  delay = Math.max(Math.trunc(Number(delay)) || 0, 0);
  callback = internals.capture(callback);
  const run = () => {
    try {
      apply(callback, globalThis, callbackArguments);
    } catch (error) {
      internals.reportException(error);
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
    if (typeof callback !== "function") throw new TypeError("queueMicrotask() takes a function.");
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

// Compiling happens on the engine's own threads: the request is not idle meanwhile.
for (const name of ["compile", "instantiate"]) {
  const original = WebAssembly[name];
  WebAssembly[name] = {
    [name](...callArguments) {
      const promise = apply(original, WebAssembly, callArguments);
      const release = ops.pending_begin();
      if (release !== 0) apply(then, promise, [() => ops.pending_end(release), () => ops.pending_end(release)]);
      return promise;
    },
  }[name];
}
