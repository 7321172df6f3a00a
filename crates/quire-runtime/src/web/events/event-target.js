// EventTarget (DOM §2.7) with the rules of the Workers runtime: an own or inherited `on<type>` function of the target runs
// before the listeners, there is no capture phase, and what a listener throws leaves dispatchEvent at once.
const NativeTypeError = TypeError;
const NativeMap = Map;
const { apply } = Reflect;
const { Event, dispatching } = internals.events;
const { begin, end, isEvent, isStopped, isStoppedNow, setPassive, typeOf } = dispatching;

let holderOf;
let listenersOf;
let setListeners;
let watch;
let isEventTarget;

// The global object was not made by a constructor of ours: its listeners live in this target.
let globalHolder;

class EventTarget {
  // Map from event type to an array of listeners: made when the first listener comes.
  #listeners = null;
  // Told of (type, number of listeners left) after each change.
  #watcher = null;

  static {
    isEventTarget = (value) => value !== null && typeof value === "object" && (value === globalThis || #listeners in value);
    holderOf = (target) => {
      if (target === undefined || target === null || target === globalThis) return globalHolder;
      if (typeof target !== "object" || !(#listeners in target)) {
        throw new NativeTypeError("Illegal invocation: this member belongs to EventTarget");
      }
      return target;
    };
    listenersOf = (holder) => holder.#listeners;
    setListeners = (holder, type, list) => {
      if (holder.#listeners === null) holder.#listeners = new NativeMap();
      if (list.length === 0) holder.#listeners.delete(type);
      else holder.#listeners.set(type, list);
      if (holder.#watcher !== null) holder.#watcher(type, list.length);
    };
    watch = (target, watcher) => {
      holderOf(target).#watcher = watcher;
    };
  }

  addEventListener(type, callback, options = undefined) {
    const holder = holderOf(this);
    if (arguments.length < 2) throw new NativeTypeError("addEventListener(): two arguments are required");
    const name = `${type}`;
    checkCallback(callback, "addEventListener");
    const absent = callback === null || callback === undefined;
    let once = false;
    let passive = false;
    let signal;
    if (options !== undefined && checkCapture(options, "addEventListener", absent)) {
      once = Boolean(options.once);
      passive = Boolean(options.passive);
      signal = options.signal;
      if (signal !== undefined && !internals.abort.isAbortSignal(signal)) {
        throw new NativeTypeError("addEventListener(): options.signal must be an AbortSignal.");
      }
    }
    if (absent || (signal !== undefined && internals.abort.isAborted(signal))) return;
    const list = listenersOf(holder)?.get(name) ?? [];
    for (let i = 0; i < list.length; i++) if (list[i].callback === callback) return;
    const run = typeof callback === "function" ? internals.capture(callback) : callback;
    const listener = { callback, run, once, passive, removed: false, forget: null };
    list[list.length] = listener;
    setListeners(holder, name, list);
    if (signal !== undefined) {
      listener.forget = internals.abort.addAlgorithm(signal, () => remove(holder, name, listener));
    }
  }

  removeEventListener(type, callback, options = undefined) {
    const holder = holderOf(this);
    if (arguments.length < 2) throw new NativeTypeError("removeEventListener(): two arguments are required");
    const name = `${type}`;
    checkCallback(callback, "removeEventListener");
    const absent = callback === null || callback === undefined;
    if (options !== undefined) checkCapture(options, "removeEventListener", absent);
    if (absent) return;
    const list = listenersOf(holder)?.get(name);
    if (list === undefined) return;
    for (let i = 0; i < list.length; i++) {
      if (list[i].callback === callback) {
        remove(holder, name, list[i]);
        return;
      }
    }
  }

  dispatchEvent(event) {
    const holder = holderOf(this);
    if (!isEvent(event)) throw new NativeTypeError("dispatchEvent(): the argument must be an Event");
    return dispatch(this ?? globalThis, holder, event, false);
  }
}

function checkCallback(callback, method) {
  if (callback !== null && callback !== undefined && typeof callback !== "object" && typeof callback !== "function") {
    throw new NativeTypeError(`${method}(): the listener must be a function or an object.`);
  }
}

// Whether `options` is a dictionary to read further. Without a listener (`absent`) it may ask for anything.
function checkCapture(options, method, absent) {
  if (options === null) return false;
  if (typeof options === "object" || typeof options === "function") {
    if (options.capture && !absent) throw new NativeTypeError(`${method}(): options.capture must be false.`);
    return true;
  }
  if (options && !absent) throw new NativeTypeError(`${method}(): useCapture must be false.`);
  return false;
}

function remove(holder, type, listener) {
  if (listener.removed) return;
  listener.removed = true;
  if (listener.forget !== null) listener.forget();
  const list = listenersOf(holder).get(type);
  const rest = [];
  for (let i = 0; i < list.length; i++) if (list[i] !== listener) rest[rest.length] = list[i];
  setListeners(holder, type, rest);
}

function dispatch(target, holder, event, trusted) {
  begin(event, target, trusted);
  const type = typeOf(event);
  let proceed;
  try {
    if (!isStopped(event)) {
      const handler = target[`on${type}`];
      if (typeof handler === "function") apply(handler, target, [event]);
      const list = listenersOf(holder)?.get(type);
      if (list !== undefined) callListeners(target, holder, type, event, list);
    }
  } finally {
    proceed = end(event);
  }
  return proceed;
}

function callListeners(target, holder, type, event, list) {
  // Listeners that are added meanwhile must not run: they are beyond this length, or in another array.
  const length = list.length;
  const present = length === 1 ? list : list.slice();
  for (let i = 0; i < length; i++) {
    if (isStoppedNow(event)) return;
    const listener = present[i];
    if (listener.removed) continue;
    if (listener.once) remove(holder, type, listener);
    const { run, passive } = listener;
    if (passive) setPassive(event, true);
    if (typeof run === "function") {
      apply(run, target, [event]);
    } else {
      const handleEvent = run.handleEvent;
      if (typeof handleEvent !== "function") throw new NativeTypeError("the listener has no `handleEvent` function");
      apply(handleEvent, run, [event]);
    }
    if (passive) setPassive(event, false);
  }
}

internals.defineClass(EventTarget, "EventTarget");
internals.expose("EventTarget", EventTarget);
globalHolder = new EventTarget();

Object.assign(internals.events, {
  EventTarget,
  isEventTarget,
  // Dispatches an event of the runtime's own (isTrusted); what a listener throws comes out.
  dispatch: (target, event) => dispatch(target, holderOf(target), event, true),
  // The same with a plain Event of that type.
  fire: (target, type) => dispatch(target, holderOf(target), new Event(type), true),
  // Whether an event of that type would be noticed by anyone.
  hasListeners: (target, type) =>
    listenersOf(holderOf(target))?.has(type) === true || typeof target[`on${type}`] === "function",
  // The callbacks that listen for a type, as the program gave them.
  listenersOf: (target, type) => (listenersOf(holderOf(target))?.get(`${type}`) ?? []).map((listener) => listener.callback),
  // `watcher(type, count)` runs after listeners of a type came or went.
  watchListeners: watch,
});
