// node:timers. Timers are the runtime's own, in objects that can be refreshed.
const { validateFunction } = require("internal/validators");
const { setTimeout: start, setInterval: repeat, clearTimeout: stop } = internals.timers;
const { defineProperty } = Object;
const promisified = Symbol.for("nodejs.util.promisify.custom");

const milliseconds = (delay = 1) => +delay;

class Timeout {
  #callback;
  #delay;
  #args;
  #repeats;
  #referenced = true;
  #number = 0;

  constructor(callback, delay, args, repeats) {
    this.#callback = internals.capture(callback);
    this.#delay = delay;
    this.#args = args;
    this.#repeats = repeats;
    this.#start();
  }

  #start() {
    const fire = (...args) => {
      if (!this.#repeats) this.#number = 0;
      this.#callback(...args);
    };
    this.#number = (this.#repeats ? repeat : start)(fire, this.#delay, ...this.#args);
  }
  #stop() {
    if (this.#number !== 0) stop(this.#number);
    this.#number = 0;
  }

  refresh() {
    this.#stop();
    this.#start();
    return this;
  }
  unref() {
    this.#referenced = false;
    return this;
  }
  ref() {
    this.#referenced = true;
    return this;
  }
  hasRef() {
    return this.#referenced;
  }
  close() {
    this.#stop();
    return this;
  }
  [Symbol.toPrimitive]() {
    return this.#number;
  }
  [Symbol.dispose]() {
    this.#stop();
  }
}

class Immediate extends Timeout {
  constructor(callback, args) {
    super(callback, 0, args, false);
  }
}
// Immediates cannot be started again.
for (const name of ["refresh", "close"]) defineProperty(Immediate.prototype, name, { value: undefined, configurable: true });

const timers = {
  setTimeout(callback, delay, ...args) {
    validateFunction(callback, "callback");
    return new Timeout(callback, milliseconds(delay), args, false);
  },
  setInterval(callback, delay, ...args) {
    validateFunction(callback, "callback");
    return new Timeout(callback, milliseconds(delay), args, true);
  },
  setImmediate(callback, ...args) {
    validateFunction(callback, "callback");
    return new Immediate(callback, args);
  },
  clearTimeout(timer) {
    if (timer instanceof Timeout) timer[Symbol.dispose]();
    else if (timer !== undefined && timer !== null) stop(timer);
  },
  clearInterval(timer) {
    timers.clearTimeout(timer);
  },
  clearImmediate(timer) {
    timers.clearTimeout(timer);
  },
};

for (const name of ["setTimeout", "setImmediate"]) {
  defineProperty(timers[name], promisified, { get: () => require("timers/promises")[name], enumerable: true });
}
const nothing = { active() {}, enroll() {}, unenroll() {} };
Object.assign(exports, timers, nothing, { Timeout });
defineProperty(exports, "promises", { get: () => require("timers/promises"), enumerable: true });
