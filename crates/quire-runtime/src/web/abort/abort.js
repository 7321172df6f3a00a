// AbortController and AbortSignal (DOM §3).
//
// A signal made by AbortSignal.any() holds its sources, and looks at them when it is asked. The sources hold it only while
// somebody watches it (a listener, `onabort`, an algorithm): a signal that lives as long as the program
// does not collect every signal that was ever derived from it.
const NativeTypeError = TypeError;
const NativeSet = Set;
const { EventTarget, Event, dispatch, hasListeners, watchListeners } = internals.events;
const key = Symbol();

// What an event handler attribute keeps; only functions are called.
const isObject = (value) => typeof value === "function" || (typeof value === "object" && value !== null);

// Tells which of several sources aborted first.
let aborts = 0;
// Signals with the same source get their events in the order they were made in.
let derived = 0;

let of;
let isAbortSignal;
let abortNow;
let addAlgorithm;
let dependOn;

class AbortSignal extends EventTarget {
  // 0, or the number of the abort.
  #aborted = 0;
  #reason = undefined;
  #onabort = null;
  #algorithms = null;
  #sources = null;
  #dependents = null;
  #order = 0;
  // Kept for signals with sources only.
  #hasListeners = false;

  static {
    isAbortSignal = (value) => value !== null && typeof value === "object" && #aborted in value;
    of = (value) => {
      if (!isAbortSignal(value)) throw new NativeTypeError("Illegal invocation: this member belongs to AbortSignal");
      return value.#refresh();
    };
    abortNow = (signal, reason) => {
      if (signal.#refresh().#aborted !== 0) return;
      const number = ++aborts;
      const affected = [];
      signal.#mark(reason, number, affected);
      let failed = false;
      let failure;
      for (let i = 0; i < affected.length; i++) {
        try {
          affected[i].#run();
        } catch (error) {
          if (!failed) failure = error;
          failed = true;
        }
      }
      // A listener's error leaves abort(), as it leaves dispatchEvent(); the other signals were served first.
      if (failed) throw failure;
    };
    addAlgorithm = (signal, algorithm) => {
      if (signal.#refresh().#aborted !== 0) return () => {};
      signal.#algorithms ??= new NativeSet();
      // An own object per registration: the same function may be added twice.
      const entry = { algorithm };
      signal.#algorithms.add(entry);
      signal.#observe();
      return () => {
        if (signal.#algorithms?.delete(entry)) signal.#observe();
      };
    };
    dependOn = (signal, sources) => {
      const all = new NativeSet();
      for (let i = 0; i < sources.length; i++) {
        const source = sources[i].#refresh();
        if (source.#aborted !== 0) {
          signal.#aborted = ++aborts;
          signal.#reason = source.#reason;
          return;
        }
        // Only signals that can abort by themselves are sources: a chain of any() stays flat.
        if (source.#sources === null) all.add(source);
        else for (const root of source.#sources) all.add(root);
      }
      if (all.size === 0) return;
      signal.#sources = all;
      signal.#order = ++derived;
      watchListeners(signal, (type, count) => {
        if (type !== "abort") return;
        signal.#hasListeners = count > 0;
        signal.#refresh().#observe();
      });
    };
  }

  constructor(secret) {
    if (secret !== key) throw new NativeTypeError("Illegal constructor");
    super();
  }

  // Takes over the abort of a source that happened while nobody watched this signal.
  #refresh() {
    if (this.#sources === null || this.#aborted !== 0) return this;
    let first = null;
    for (const source of this.#sources) {
      if (source.#aborted !== 0 && (first === null || source.#aborted < first.#aborted)) first = source;
    }
    if (first !== null) {
      this.#aborted = first.#aborted;
      this.#reason = first.#reason;
      this.#leaveSources();
    }
    return this;
  }

  #observe() {
    if (this.#sources === null) return;
    const watched = this.#hasListeners || this.#onabort !== null || (this.#algorithms !== null && this.#algorithms.size > 0);
    for (const source of this.#sources) {
      if (watched) (source.#dependents ??= new NativeSet()).add(this);
      else source.#dependents?.delete(this);
    }
  }

  #leaveSources() {
    for (const source of this.#sources) source.#dependents?.delete(this);
    this.#sources = null;
  }

  #mark(reason, number, affected) {
    this.#aborted = number;
    this.#reason = reason;
    affected[affected.length] = this;
    const dependents = this.#dependents;
    if (dependents === null) return;
    this.#dependents = null;
    for (const dependent of [...dependents].sort((a, b) => a.#order - b.#order)) {
      if (dependent.#aborted !== 0) continue;
      dependent.#leaveSources();
      dependent.#mark(reason, number, affected);
    }
  }

  #run() {
    const algorithms = this.#algorithms;
    this.#algorithms = null;
    if (algorithms !== null) for (const { algorithm } of algorithms) algorithm(this.#reason);
    if (hasListeners(this, "abort")) dispatch(this, new Event("abort"));
  }

  static abort(reason = undefined) {
    const signal = createSignal();
    signal.#aborted = ++aborts;
    signal.#reason = reason === undefined ? abortError() : reason;
    return signal;
  }

  static timeout(milliseconds) {
    if (arguments.length === 0) throw new NativeTypeError("AbortSignal.timeout(): the delay is missing");
    const delay = Math.trunc(Number(milliseconds));
    if (!(delay >= 0 && delay <= Number.MAX_SAFE_INTEGER)) {
      throw new NativeTypeError("AbortSignal.timeout(): the delay must be a number between 0 and 2^53 - 1");
    }
    const signal = createSignal();
    const { setTimeout } = internals.timers;
    setTimeout(() => {
      abortNow(signal, internals.domException("TimeoutError", "The operation was aborted due to timeout"));
    }, delay);
    return signal;
  }

  static any(signals) {
    if (signals === null || typeof signals !== "object" || typeof signals[Symbol.iterator] !== "function") {
      throw new NativeTypeError("AbortSignal.any(): the argument must be an iterable of AbortSignals");
    }
    return follow([...signals]);
  }

  get aborted() {
    return of(this).#aborted !== 0;
  }
  get reason() {
    return of(this).#reason;
  }
  throwIfAborted() {
    if (of(this).#aborted !== 0) throw this.#reason;
  }
  get onabort() {
    return of(this).#onabort;
  }
  set onabort(handler) {
    of(this).#onabort = isObject(handler) ? handler : null;
    this.#observe();
  }
}

class AbortController {
  #signal = createSignal();

  get signal() {
    return controllerOf(this, #signal in Object(this)).#signal;
  }
  abort(reason = undefined) {
    abortSignal(controllerOf(this, #signal in Object(this)).#signal, reason);
  }
}

function controllerOf(controller, genuine) {
  if (!genuine) throw new NativeTypeError("Illegal invocation: this member belongs to AbortController");
  return controller;
}

function createSignal() {
  return new AbortSignal(key);
}

function abortError() {
  return internals.domException("AbortError", "The operation was aborted");
}

// Without a reason (undefined) it is an AbortError.
function abortSignal(signal, reason = undefined) {
  abortNow(signal, reason === undefined ? abortError() : reason);
}

function follow(signals) {
  for (let i = 0; i < signals.length; i++) {
    if (!isAbortSignal(signals[i])) throw new NativeTypeError("AbortSignal.any(): every member must be an AbortSignal");
  }
  const signal = createSignal();
  dependOn(signal, signals);
  return signal;
}

Object.defineProperty(AbortSignal, "length", { value: 0, configurable: true });
internals.defineClass(AbortSignal, "AbortSignal");
internals.defineClass(AbortController, "AbortController");
internals.expose("AbortSignal", AbortSignal);
internals.expose("AbortController", AbortController);

internals.abort = {
  AbortSignal,
  isAbortSignal,
  createSignal,
  signalAbort: abortSignal,
  // `algorithm(reason)` runs when the signal aborts, before listeners do. Returns a function that takes it back. On a
  // signal that is aborted already nothing happens: ask isAborted() first.
  addAlgorithm,
  // A new signal that aborts with the first of these (an array).
  follow,
  isAborted: (signal) => of(signal).aborted,
  reason: (signal) => of(signal).reason,
};
