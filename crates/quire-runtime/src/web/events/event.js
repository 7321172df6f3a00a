// Event (DOM §2.2). There is no tree of targets here: an event visits one target and its path is that target.
const NativeTypeError = TypeError;

const BUBBLES = 1;
const CANCELABLE = 2;
const COMPOSED = 4;
const CANCELED = 8;
const STOP_PROPAGATION = 16;
const STOP_IMMEDIATE = 32;
const IN_PASSIVE_LISTENER = 64;
const DISPATCHING = 128;
const TRUSTED = 256;

const NONE = 0;
const AT_TARGET = 2;

// An init dictionary: absent, or any object.
function dictionary(init, className) {
  if (init === undefined || init === null) return undefined;
  if (typeof init !== "object" && typeof init !== "function") {
    throw new NativeTypeError(`Failed to construct '${className}': the init argument must be an object`);
  }
  return init;
}

let of;
const dispatching = {};

class Event {
  #type;
  #flags = 0;
  #target = null;
  #currentTarget = null;

  static {
    of = (event) => {
      if (event === null || typeof event !== "object" || !(#flags in event)) {
        throw new NativeTypeError("Illegal invocation: this member belongs to Event");
      }
      return event;
    };
    dispatching.isEvent = (value) => value !== null && typeof value === "object" && #flags in value;
    dispatching.begin = (event, target, trusted) => {
      if (event.#flags & DISPATCHING) {
        throw internals.domException("InvalidStateError", "The event is already being dispatched");
      }
      event.#flags = (event.#flags & ~TRUSTED) | DISPATCHING | (trusted ? TRUSTED : 0);
      event.#target = target;
      event.#currentTarget = target;
    };
    // Returns what dispatchEvent does: whether nobody cancelled the event.
    dispatching.end = (event) => {
      event.#flags &= ~(DISPATCHING | STOP_PROPAGATION | STOP_IMMEDIATE | IN_PASSIVE_LISTENER);
      event.#currentTarget = null;
      return (event.#flags & CANCELED) === 0;
    };
    dispatching.isStopped = (event) => (event.#flags & STOP_PROPAGATION) !== 0;
    dispatching.isStoppedNow = (event) => (event.#flags & STOP_IMMEDIATE) !== 0;
    dispatching.setPassive = (event, passive) => {
      if (passive) event.#flags |= IN_PASSIVE_LISTENER;
      else event.#flags &= ~IN_PASSIVE_LISTENER;
    };
    dispatching.typeOf = (event) => event.#type;
  }

  constructor(type, init = undefined) {
    if (arguments.length === 0) throw new NativeTypeError("Failed to construct 'Event': the type is missing");
    this.#type = `${type}`;
    if (init !== undefined) {
      const given = dictionary(init, "Event");
      if (given !== undefined) {
        this.#flags = (given.bubbles ? BUBBLES : 0) | (given.cancelable ? CANCELABLE : 0) | (given.composed ? COMPOSED : 0);
      }
    }
  }

  get type() {
    return of(this).#type;
  }
  get target() {
    return of(this).#target;
  }
  get srcElement() {
    return of(this).#target;
  }
  get currentTarget() {
    return of(this).#currentTarget;
  }
  get eventPhase() {
    return of(this).#flags & DISPATCHING ? AT_TARGET : NONE;
  }
  get bubbles() {
    return (of(this).#flags & BUBBLES) !== 0;
  }
  get cancelable() {
    return (of(this).#flags & CANCELABLE) !== 0;
  }
  get composed() {
    return (of(this).#flags & COMPOSED) !== 0;
  }
  get defaultPrevented() {
    return (of(this).#flags & CANCELED) !== 0;
  }
  get returnValue() {
    return (of(this).#flags & CANCELED) === 0;
  }
  set returnValue(value) {
    if (!value) this.preventDefault();
  }
  get cancelBubble() {
    return (of(this).#flags & STOP_PROPAGATION) !== 0;
  }
  set cancelBubble(value) {
    if (value) of(this).#flags |= STOP_PROPAGATION;
  }
  get isTrusted() {
    return (of(this).#flags & TRUSTED) !== 0;
  }
  get timeStamp() {
    of(this);
    return 0;
  }

  composedPath() {
    const target = of(this).#currentTarget;
    return target === null ? [] : [target];
  }
  preventDefault() {
    const flags = of(this).#flags;
    if (flags & CANCELABLE && !(flags & IN_PASSIVE_LISTENER)) this.#flags |= CANCELED;
  }
  stopPropagation() {
    of(this).#flags |= STOP_PROPAGATION;
  }
  stopImmediatePropagation() {
    of(this).#flags |= STOP_PROPAGATION | STOP_IMMEDIATE;
  }
  initEvent(type, bubbles = false, cancelable = false) {
    if (arguments.length === 0) throw new NativeTypeError("initEvent(): the type is missing");
    const name = `${type}`;
    if (of(this).#flags & DISPATCHING) return;
    this.#type = name;
    this.#flags = (bubbles ? BUBBLES : 0) | (cancelable ? CANCELABLE : 0);
    this.#target = null;
  }
}
internals.defineClass(Event, "Event");
const phases = { NONE, CAPTURING_PHASE: 1, AT_TARGET, BUBBLING_PHASE: 3 };
for (const name in phases) {
  const constant = { value: phases[name], enumerable: true };
  Object.defineProperty(Event, name, constant);
  Object.defineProperty(Event.prototype, name, constant);
}
internals.expose("Event", Event);

internals.events = { Event, dictionary, dispatching, isEvent: dispatching.isEvent };
