// EventEmitter. Fields and their names are as in Node, because packages reach for them: `_events` holds per event a function
// or an array of functions.
const { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_UNHANDLED_ERROR } = require("internal/errors");
const { validateFunction, validateNumber, validateBoolean } = require("internal/validators");
const { apply, ownKeys } = Reflect;
const { getPrototypeOf, create: createObject } = Object;
const { then } = Promise.prototype;

const kCapture = Symbol("kCapture");
const errorMonitor = Symbol("events.errorMonitor");
const captureRejectionSymbol = Symbol.for("nodejs.rejection");
let defaultMaxListeners = 10;

function EventEmitter(options) {
  initialize(this, options);
}

EventEmitter.prototype._events = undefined;
EventEmitter.prototype._eventsCount = 0;
EventEmitter.prototype._maxListeners = undefined;
Object.defineProperty(EventEmitter.prototype, kCapture, { value: false, writable: true, enumerable: false });

function initialize(emitter, options) {
  if (emitter._events === undefined || emitter._events === getPrototypeOf(emitter)._events) {
    emitter._events = createObject(null);
    emitter._eventsCount = 0;
  }
  emitter._maxListeners ||= undefined;
  if (options?.captureRejections) {
    validateBoolean(options.captureRejections, "options.captureRejections");
    emitter[kCapture] = Boolean(options.captureRejections);
  } else {
    emitter[kCapture] = EventEmitter.prototype[kCapture];
  }
}

const maxListeners = (emitter) => emitter._maxListeners ?? defaultMaxListeners;

// A listener of an emitter that captures rejections gave a promise.
function captureRejection(emitter, result, event, args) {
  if (typeof result?.then !== "function") return;
  const failed = (error) => queueMicrotask(() => reportRejection(emitter, error, event, args));
  try {
    apply(result.then, result, [undefined, failed]);
  } catch (error) {
    emitter.emit("error", error);
  }
}

function reportRejection(emitter, error, event, args) {
  const own = emitter[captureRejectionSymbol];
  if (typeof own === "function") {
    apply(own, emitter, [error, event, ...args]);
    return;
  }
  // A rejection inside the "error" listener must not come back to it.
  const previous = emitter[kCapture];
  try {
    emitter[kCapture] = false;
    emitter.emit("error", error);
  } finally {
    emitter[kCapture] = previous;
  }
}

function throwUnhandled(error) {
  if (error instanceof Error) throw error;
  let shown;
  try {
    shown = internals.console.inspect(error);
  } catch {
    shown = error;
  }
  const unhandled = new ERR_UNHANDLED_ERROR(shown);
  unhandled.context = error;
  throw unhandled;
}

function warnOfLeak(emitter, event, list) {
  list.warned = true;
  const warning = new Error(
    `Possible EventEmitter memory leak detected. ${list.length} ${String(event)} listeners added to ` +
      `${internals.console.inspect(emitter, { depth: -1 })}. MaxListeners is ${maxListeners(emitter)}. ` +
      "Use emitter.setMaxListeners() to increase limit",
  );
  Object.assign(warning, { name: "MaxListenersExceededWarning", emitter, type: event, count: list.length });
  require("process").emitWarning(warning);
}

function add(emitter, event, listener, first) {
  validateFunction(listener, "listener");
  let events = emitter._events;
  if (events === undefined) {
    events = emitter._events = createObject(null);
    emitter._eventsCount = 0;
  } else if (events.newListener !== undefined) {
    emitter.emit("newListener", event, listener.listener ?? listener);
    events = emitter._events;
  }
  const existing = events[event];
  if (existing === undefined) {
    events[event] = listener;
    emitter._eventsCount++;
    return emitter;
  }
  let list = existing;
  if (typeof existing === "function") list = events[event] = first ? [listener, existing] : [existing, listener];
  else if (first) list.unshift(listener);
  else list.push(listener);
  const max = maxListeners(emitter);
  if (max > 0 && list.length > max && !list.warned) warnOfLeak(emitter, event, list);
  return emitter;
}

function onceWrapper(emitter, event, listener) {
  validateFunction(listener, "listener");
  let fired = false;
  const wrapper = (...args) => {
    if (fired) return undefined;
    emitter.removeListener(event, wrapper);
    fired = true;
    return apply(listener, emitter, args);
  };
  wrapper.listener = listener;
  return wrapper;
}

function forget(emitter, event) {
  if (--emitter._eventsCount === 0) emitter._events = createObject(null);
  else delete emitter._events[event];
}

function listenersOf(emitter, event, unwrapped) {
  const found = emitter._events?.[event];
  if (found === undefined) return [];
  const list = typeof found === "function" ? [found] : found.slice();
  return unwrapped ? list.map((listener) => listener.listener ?? listener) : list;
}

Object.assign(EventEmitter.prototype, {
  setMaxListeners: function setMaxListeners(n) {
    validateNumber(n, "setMaxListeners", 0);
    this._maxListeners = n;
    return this;
  },

  getMaxListeners: function getMaxListeners() {
    return maxListeners(this);
  },

  emit: function emit(event, ...args) {
    const events = this._events;
    if (event === "error") {
      if (events?.[errorMonitor] !== undefined) this.emit(errorMonitor, ...args);
      if (events?.error === undefined) throwUnhandled(args[0]);
    }
    const found = events?.[event];
    if (found === undefined) return false;
    if (typeof found === "function") {
      const result = apply(found, this, args);
      if (result !== undefined && result !== null && this[kCapture]) captureRejection(this, result, event, args);
      return true;
    }
    const list = found.slice();
    for (let i = 0; i < list.length; i++) {
      const result = apply(list[i], this, args);
      if (result !== undefined && result !== null && this[kCapture]) captureRejection(this, result, event, args);
    }
    return true;
  },

  addListener: function addListener(event, listener) {
    return add(this, event, listener, false);
  },

  on: undefined,

  prependListener: function prependListener(event, listener) {
    return add(this, event, listener, true);
  },

  once: function once(event, listener) {
    return this.on(event, onceWrapper(this, event, listener));
  },

  prependOnceListener: function prependOnceListener(event, listener) {
    return this.prependListener(event, onceWrapper(this, event, listener));
  },

  removeListener: function removeListener(event, listener) {
    validateFunction(listener, "listener");
    const events = this._events;
    const found = events?.[event];
    if (found === undefined) return this;
    if (typeof found === "function") {
      if (found !== listener && found.listener !== listener) return this;
      forget(this, event);
      if (events.removeListener !== undefined) this.emit("removeListener", event, found.listener ?? listener);
      return this;
    }
    const at = found.findLastIndex((each) => each === listener || each.listener === listener);
    if (at === -1) return this;
    found.splice(at, 1);
    if (found.length === 1) events[event] = found[0];
    if (events.removeListener !== undefined) this.emit("removeListener", event, listener);
    return this;
  },

  off: undefined,

  removeAllListeners: function removeAllListeners(event) {
    const events = this._events;
    if (events === undefined) return this;
    if (events.removeListener === undefined) {
      if (arguments.length === 0) {
        this._events = createObject(null);
        this._eventsCount = 0;
      } else if (events[event] !== undefined) {
        forget(this, event);
      }
      return this;
    }
    if (arguments.length === 0) {
      // Whoever hears of removals hears of all the others first.
      for (const name of ownKeys(events)) if (name !== "removeListener") this.removeAllListeners(name);
      this.removeAllListeners("removeListener");
      this._events = createObject(null);
      this._eventsCount = 0;
      return this;
    }
    for (const listener of listenersOf(this, event, false).reverse()) this.removeListener(event, listener);
    return this;
  },

  listeners: function listeners(event) {
    return listenersOf(this, event, true);
  },

  rawListeners: function rawListeners(event) {
    return listenersOf(this, event, false);
  },

  listenerCount: function listenerCount(event, listener) {
    const list = listenersOf(this, event, false);
    if (listener === undefined || listener === null) return list.length;
    return list.filter((each) => each === listener || each.listener === listener).length;
  },

  eventNames: function eventNames() {
    return this._eventsCount > 0 ? ownKeys(this._events) : [];
  },
});
EventEmitter.prototype.on = EventEmitter.prototype.addListener;
EventEmitter.prototype.off = EventEmitter.prototype.removeListener;

Object.defineProperties(EventEmitter, {
  defaultMaxListeners: {
    get: () => defaultMaxListeners,
    set(n) {
      validateNumber(n, "defaultMaxListeners", 0);
      defaultMaxListeners = n;
    },
    enumerable: true,
    configurable: true,
  },
  captureRejections: {
    get: () => EventEmitter.prototype[kCapture],
    set(value) {
      validateBoolean(value, "EventEmitter.captureRejections");
      EventEmitter.prototype[kCapture] = value;
    },
    enumerable: true,
    configurable: true,
  },
});

/** EventTargets have a limit too, which only `events.setMaxListeners` knows. */
const targetLimits = new WeakMap();
const isEmitter = (value) => typeof value?.on === "function" && typeof value?.removeListener === "function";
const { isEventTarget } = internals.events;

function setMaxListeners(n = defaultMaxListeners, ...targets) {
  validateNumber(n, "setMaxListeners", 0);
  if (targets.length === 0) defaultMaxListeners = n;
  for (const target of targets) {
    if (isEventTarget(target)) targetLimits.set(target, n);
    else if (typeof target?.setMaxListeners === "function") target.setMaxListeners(n);
    else throw new ERR_INVALID_ARG_TYPE("eventTargets", ["EventEmitter", "EventTarget"], target);
  }
}

function getMaxListeners(target) {
  if (typeof target?.getMaxListeners === "function") return maxListeners(target);
  if (isEventTarget(target)) return targetLimits.get(target) ?? defaultMaxListeners;
  throw new ERR_INVALID_ARG_TYPE("emitter", ["EventEmitter", "EventTarget"], target);
}

function getEventListeners(target, event) {
  if (typeof target?.listeners === "function") return target.listeners(event);
  if (isEventTarget(target)) return internals.events.listenersOf(target, event);
  throw new ERR_INVALID_ARG_TYPE("emitter", ["EventEmitter", "EventTarget"], target);
}

function listenerCount(target, event, listener) {
  if (typeof target?.listenerCount === "function") return target.listenerCount(event, listener);
  return getEventListeners(target, event).length;
}

Object.assign(exports, {
  EventEmitter, initialize, isEmitter, errorMonitor, captureRejectionSymbol, setMaxListeners, getMaxListeners, getEventListeners,
  listenerCount,
});
