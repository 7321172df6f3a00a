// The event classes that carry data.
const NativeTypeError = TypeError;
const { Event, dictionary } = internals.events;

function receiver(instance, has, className) {
  if (!has) throw new NativeTypeError(`Illegal invocation: this member belongs to ${className}`);
  return instance;
}

function required(count, args, className) {
  if (args.length < count) {
    throw new NativeTypeError(`Failed to construct '${className}': ${count} argument(s) required, but only ${args.length} present`);
  }
}

const isObject = (value) => value !== null && typeof value === "object";

class CustomEvent extends Event {
  #detail;

  constructor(type, init = undefined) {
    required(1, arguments, "CustomEvent");
    super(type, init);
    this.#detail = init?.detail ?? null;
  }
  get detail() {
    return receiver(this, isObject(this) && #detail in this, "CustomEvent").#detail;
  }
  initCustomEvent(type, bubbles = false, cancelable = false, detail = null) {
    receiver(this, isObject(this) && #detail in this, "CustomEvent");
    if (arguments.length === 0) throw new NativeTypeError("initCustomEvent(): the type is missing");
    if (this.eventPhase !== 0) return;
    this.initEvent(type, bubbles, cancelable);
    this.#detail = detail;
  }
}

class ErrorEvent extends Event {
  #message;
  #filename;
  #lineno;
  #colno;
  #error;

  constructor(type, init = undefined) {
    required(1, arguments, "ErrorEvent");
    super(type, init);
    const given = dictionary(init, "ErrorEvent");
    this.#message = given?.message === undefined ? "" : `${given.message}`;
    this.#filename = given?.filename === undefined ? "" : `${given.filename}`;
    this.#lineno = given?.lineno >>> 0;
    this.#colno = given?.colno >>> 0;
    this.#error = given?.error;
  }
  get message() {
    return receiver(this, isObject(this) && #error in this, "ErrorEvent").#message;
  }
  get filename() {
    return receiver(this, isObject(this) && #error in this, "ErrorEvent").#filename;
  }
  get lineno() {
    return receiver(this, isObject(this) && #error in this, "ErrorEvent").#lineno;
  }
  get colno() {
    return receiver(this, isObject(this) && #error in this, "ErrorEvent").#colno;
  }
  get error() {
    return receiver(this, isObject(this) && #error in this, "ErrorEvent").#error;
  }
}

let createMessage;

class MessageEvent extends Event {
  #data;
  #origin;
  #lastEventId;
  #source;
  #ports;

  constructor(type, init = undefined) {
    required(1, arguments, "MessageEvent");
    super(type, init);
    const given = dictionary(init, "MessageEvent");
    this.#data = given?.data === undefined ? null : given.data;
    this.#origin = given?.origin === undefined ? "" : `${given.origin}`.toWellFormed();
    this.#lastEventId = given?.lastEventId === undefined ? "" : `${given.lastEventId}`;
    this.#source = given?.source ?? null;
    this.#ports = Object.freeze(given?.ports === undefined ? [] : [...given.ports]);
  }
  static {
    createMessage = (type, init) => {
      const event = new MessageEvent(type, init);
      if (init.origin === undefined) event.#origin = null;
      return event;
    };
  }
  get data() {
    return receiver(this, isObject(this) && #data in this, "MessageEvent").#data;
  }
  get origin() {
    return receiver(this, isObject(this) && #data in this, "MessageEvent").#origin;
  }
  get lastEventId() {
    return receiver(this, isObject(this) && #data in this, "MessageEvent").#lastEventId;
  }
  get source() {
    return receiver(this, isObject(this) && #data in this, "MessageEvent").#source;
  }
  get ports() {
    return receiver(this, isObject(this) && #data in this, "MessageEvent").#ports;
  }
}

class CloseEvent extends Event {
  #code;
  #reason;
  #wasClean;

  constructor(type, init = undefined) {
    required(1, arguments, "CloseEvent");
    super(type, init);
    const given = dictionary(init, "CloseEvent");
    this.#code = given?.code & 0xffff;
    this.#reason = given?.reason === undefined ? "" : `${given.reason}`.toWellFormed();
    this.#wasClean = Boolean(given?.wasClean);
  }
  get code() {
    return receiver(this, isObject(this) && #code in this, "CloseEvent").#code;
  }
  get reason() {
    return receiver(this, isObject(this) && #code in this, "CloseEvent").#reason;
  }
  get wasClean() {
    return receiver(this, isObject(this) && #code in this, "CloseEvent").#wasClean;
  }
}

class PromiseRejectionEvent extends Event {
  #promise;
  #reason;

  constructor(type, init) {
    required(2, arguments, "PromiseRejectionEvent");
    super(type, init);
    const given = dictionary(init, "PromiseRejectionEvent");
    if (given === undefined || given.promise === undefined) {
      throw new NativeTypeError("Failed to construct 'PromiseRejectionEvent': `promise` is required");
    }
    this.#promise = given.promise;
    this.#reason = given.reason;
  }
  get promise() {
    return receiver(this, isObject(this) && #promise in this, "PromiseRejectionEvent").#promise;
  }
  get reason() {
    return receiver(this, isObject(this) && #promise in this, "PromiseRejectionEvent").#reason;
  }
}

// Only the runtime makes these: it alone has the key.
const key = Symbol();

class ExtendableEvent extends Event {
  #waitUntil;

  constructor(secret, type, waitUntil) {
    if (secret !== key) throw new NativeTypeError("Illegal constructor");
    super(type);
    this.#waitUntil = waitUntil;
  }
  waitUntil(promise) {
    receiver(this, isObject(this) && #waitUntil in this, "ExtendableEvent").#waitUntil(promise);
  }
}
Object.defineProperty(ExtendableEvent, "length", { value: 0, configurable: true });

const classes = { CustomEvent, ErrorEvent, MessageEvent, CloseEvent, PromiseRejectionEvent, ExtendableEvent };
for (const name in classes) {
  internals.defineClass(classes[name], name);
  internals.expose(name, classes[name]);
}

Object.assign(internals.events, classes, {
  // `waitUntil(promise)` is what event.waitUntil calls. Subclasses pass `extendableKey` as the first argument of super().
  createExtendableEvent: (type, waitUntil) => new ExtendableEvent(key, type, waitUntil),
  extendableKey: key,
  // A MessageEvent of the runtime's own: without an origin that is null, not "".
  createMessageEvent: createMessage,
});
