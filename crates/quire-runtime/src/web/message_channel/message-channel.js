// MessageChannel and MessagePort inside one realm (HTML §9.4): nothing can be transferred, and close() fires its events at once.
const NativeError = Error;
const NativeTypeError = TypeError;
const { iterator } = Symbol;
const { EventTarget, createMessageEvent, dispatch, fire, queueTask } = internals.events;
const key = Symbol();

// What an event handler attribute keeps; only functions are called.
const isObject = (value) => typeof value === "function" || (typeof value === "object" && value !== null);

let of;
let entangle;

class MessagePort extends EventTarget {
  #other = null;
  // Messages that wait for start(); null once the port is started.
  #waiting = [];
  // What was posted before is delivered all the same.
  #closed = false;
  #onmessage = null;
  #onmessageerror = null;
  #onclose = null;

  static {
    of = (port) => {
      if (port === null || typeof port !== "object" || !(#other in port)) {
        throw new NativeTypeError("Illegal invocation: this member belongs to MessagePort");
      }
      return port;
    };
    entangle = (one, two) => {
      one.#other = two;
      two.#other = one;
    };
  }

  constructor(secret) {
    if (secret !== key) throw new NativeTypeError("Illegal constructor");
    super();
  }

  postMessage(message, transfer = undefined) {
    of(this);
    if (arguments.length === 0) throw new NativeTypeError("postMessage(): the message is missing");
    const list = isObject(transfer) && !(iterator in transfer) ? transfer.transfer : transfer;
    if (list !== undefined && list !== null && [...list].length > 0) throw new NativeError("Transfer list is not supported");
    const data = internals.structuredClone.clone(message);
    const other = this.#other;
    if (this.#closed || other.#closed) return;
    if (other.#waiting === null) other.#deliver(data);
    else other.#waiting.push(data);
  }

  start() {
    const waiting = of(this).#waiting;
    if (waiting === null) return;
    this.#waiting = null;
    for (const data of waiting) this.#deliver(data);
  }

  close() {
    if (of(this).#closed) return;
    const other = this.#other;
    this.#closed = true;
    other.#closed = true;
    fire(other, "close");
    fire(this, "close");
  }

  #deliver(data) {
    queueTask(() => dispatch(this, createMessageEvent("message", { data })));
  }

  get onmessage() {
    return of(this).#onmessage;
  }
  set onmessage(handler) {
    of(this).#onmessage = isObject(handler) ? handler : null;
    this.start();
  }
  get onmessageerror() {
    return of(this).#onmessageerror;
  }
  set onmessageerror(handler) {
    of(this).#onmessageerror = isObject(handler) ? handler : null;
  }
  get onclose() {
    return of(this).#onclose;
  }
  set onclose(handler) {
    of(this).#onclose = isObject(handler) ? handler : null;
  }
}
Object.defineProperty(MessagePort, "length", { value: 0, configurable: true });

class MessageChannel {
  #port1 = new MessagePort(key);
  #port2 = new MessagePort(key);

  constructor() {
    entangle(this.#port1, this.#port2);
  }
  get port1() {
    if (!(#port1 in this)) throw new NativeTypeError("Illegal invocation: this member belongs to MessageChannel");
    return this.#port1;
  }
  get port2() {
    if (!(#port1 in this)) throw new NativeTypeError("Illegal invocation: this member belongs to MessageChannel");
    return this.#port2;
  }
}

internals.defineClass(MessagePort, "MessagePort");
internals.defineClass(MessageChannel, "MessageChannel");
internals.expose("MessagePort", MessagePort);
internals.expose("MessageChannel", MessageChannel);
