// node:async_hooks: AsyncLocalStorage and AsyncResource. Hooks themselves do nothing, as in the Workers runtime.
const { ERR_INVALID_ARG_TYPE } = require("internal/errors");
const { validateFunction, validateString, validateObject } = require("internal/validators");
const context = require("internal/async-context");
const { apply } = Reflect;
const { defineProperty } = Object;

const withStore = (storage, store) => new Map(context.frame()).set(storage, store);

class AsyncLocalStorage {
  #defaultValue;
  #name = "";

  constructor(options = {}) {
    validateObject(options, "options");
    this.#defaultValue = options.defaultValue;
    if (options.name !== undefined) this.#name = `${options.name}`;
  }

  get name() {
    return this.#name;
  }

  static bind(callback) {
    validateFunction(callback, "fn");
    const bound = context.capture(callback);
    defineProperty(bound, "length", { value: callback.length, configurable: true });
    return bound;
  }

  static snapshot() {
    const frame = context.frame();
    return (callback, ...args) => context.runIn(frame, callback, undefined, args);
  }

  getStore() {
    const frame = context.frame();
    return frame !== null && frame.has(this) ? frame.get(this) : this.#defaultValue;
  }

  run(store, callback, ...args) {
    // Nothing changes, so nothing need be changed back.
    if (context.frame()?.has(this) && Object.is(this.getStore(), store)) return apply(callback, null, args);
    return context.runIn(withStore(this, store), callback, null, args);
  }

  exit(callback, ...args) {
    return this.run(undefined, callback, ...args);
  }

  enterWith(store) {
    context.setFrame(withStore(this, store));
  }

  disable() {
    const frame = new Map(context.frame());
    frame.delete(this);
    context.setFrame(frame);
  }
}

class AsyncResource {
  #frame = context.frame();

  constructor(type, options = {}) {
    validateString(type, "type");
    if (typeof options === "number") return;
    if (options === null || typeof options !== "object") throw new ERR_INVALID_ARG_TYPE("options", "Object", options);
  }

  static bind(callback, type = undefined, receiver = undefined) {
    return new AsyncResource(type || callback?.name || "bound-anonymous-fn").bind(callback, receiver);
  }

  bind(callback, receiver = undefined) {
    validateFunction(callback, "fn");
    const resource = this;
    const bound =
      receiver === undefined
        ? function (...args) {
            return resource.runInAsyncScope(callback, this, ...args);
          }
        : (...args) => resource.runInAsyncScope(callback, receiver, ...args);
    Object.defineProperties(bound, {
      length: { value: callback.length, configurable: true },
      asyncResource: { value: resource, writable: true, enumerable: true, configurable: true },
    });
    return bound;
  }

  runInAsyncScope(callback, receiver = undefined, ...args) {
    return context.runIn(this.#frame, callback, receiver, args);
  }

  emitDestroy() {
    return this;
  }
  asyncId() {
    return 0;
  }
  triggerAsyncId() {
    return 0;
  }
}

class AsyncHook {
  enable() {
    return this;
  }
  disable() {
    return this;
  }
}

Object.assign(exports, {
  AsyncLocalStorage,
  AsyncResource,
  asyncWrapProviders: Object.freeze({ __proto__: null }),
  createHook: () => new AsyncHook(),
  executionAsyncId: () => 0,
  executionAsyncResource: () => Object.create(null),
  triggerAsyncId: () => 0,
});
