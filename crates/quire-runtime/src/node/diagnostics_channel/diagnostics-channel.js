// node:diagnostics_channel
const { ERR_INVALID_ARG_TYPE } = require("internal/errors");
const { validateFunction } = require("internal/validators");
const { apply } = Reflect;

/** By name. */
const channels = new Map();

/** What a subscriber throws is reported, and never stops what it listens to. */
function report(error) {
  queueMicrotask(() => internals.reportException(error));
}

class Channel {
  name;
  #subscribers = [];
  #stores = new Map();

  constructor(name) {
    this.name = name;
  }

  get hasSubscribers() {
    return this.#subscribers.length > 0 || this.#stores.size > 0;
  }

  subscribe(subscriber) {
    validateFunction(subscriber, "subscription");
    // A list that is being gone through stays as it is.
    this.#subscribers = [...this.#subscribers, subscriber];
  }

  unsubscribe(subscriber) {
    const at = this.#subscribers.indexOf(subscriber);
    if (at === -1) return false;
    this.#subscribers = this.#subscribers.toSpliced(at, 1);
    return true;
  }

  bindStore(store, transform = undefined) {
    this.#stores.set(store, transform);
  }

  unbindStore(store) {
    return this.#stores.delete(store);
  }

  publish(message) {
    for (const subscriber of this.#subscribers) {
      try {
        subscriber(message, this.name);
      } catch (error) {
        report(error);
      }
    }
  }

  runStores(message, callback, receiver = undefined, ...args) {
    let run = () => {
      this.publish(message);
      return apply(callback, receiver, args);
    };
    for (const [store, transform] of this.#stores) {
      const inner = run;
      run = () => {
        let value = message;
        if (transform !== undefined) {
          try {
            value = transform(message);
          } catch (error) {
            report(error);
            return inner();
          }
        }
        return store.run(value, inner);
      };
    }
    return run();
  }
}

function channel(name) {
  const known = channels.get(name);
  if (known !== undefined) return known;
  if (typeof name !== "string" && typeof name !== "symbol") throw new ERR_INVALID_ARG_TYPE("channel", ["string", "symbol"], name);
  const made = new Channel(name);
  channels.set(name, made);
  return made;
}

const events = ["start", "end", "asyncStart", "asyncEnd", "error"];

class TracingChannel {
  constructor(nameOrChannels) {
    if (typeof nameOrChannels === "string") {
      for (const event of events) this[event] = channel(`tracing:${nameOrChannels}:${event}`);
    } else if (nameOrChannels !== null && typeof nameOrChannels === "object") {
      for (const event of events) {
        const own = nameOrChannels[event];
        if (!(own instanceof Channel)) throw new ERR_INVALID_ARG_TYPE(`nameOrChannels.${event}`, ["Channel"], own);
        this[event] = own;
      }
    } else {
      throw new ERR_INVALID_ARG_TYPE("nameOrChannels", ["string", "object", "TracingChannel"], nameOrChannels);
    }
  }

  get hasSubscribers() {
    return events.some((event) => this[event].hasSubscribers);
  }

  subscribe(handlers) {
    for (const event of events) if (handlers[event]) this[event].subscribe(handlers[event]);
  }

  unsubscribe(handlers) {
    let all = true;
    for (const event of events) {
      if (handlers[event] && !this[event].unsubscribe(handlers[event])) all = false;
    }
    return all;
  }

  #fail(context, error) {
    context.error = error;
    this.error.publish(context);
  }

  traceSync(callback, context = {}, receiver = undefined, ...args) {
    if (!this.hasSubscribers) return apply(callback, receiver, args);
    return this.start.runStores(context, () => {
      try {
        const result = apply(callback, receiver, args);
        context.result = result;
        return result;
      } catch (error) {
        this.#fail(context, error);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }

  tracePromise(callback, context = {}, receiver = undefined, ...args) {
    if (!this.hasSubscribers) return apply(callback, receiver, args);
    const settle = () => {
      this.asyncStart.publish(context);
      this.asyncEnd.publish(context);
    };
    const fulfilled = (result) => {
      context.result = result;
      settle();
      return result;
    };
    const rejected = (error) => {
      this.#fail(context, error);
      settle();
      return Promise.reject(error);
    };
    return this.start.runStores(context, () => {
      try {
        let promise = apply(callback, receiver, args);
        if (!(promise instanceof Promise)) promise = Promise.resolve(promise);
        return promise.then(fulfilled, rejected);
      } catch (error) {
        this.#fail(context, error);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }

  traceCallback(callback, position = -1, context = {}, receiver = undefined, ...args) {
    if (!this.hasSubscribers) return apply(callback, receiver, args);
    const last = args.at(position);
    validateFunction(last, "callback");
    const channels = this;
    const wrapped = function (error, result) {
      if (error) channels.#fail(context, error);
      else context.result = result;
      const receiver = this;
      const callbackArguments = arguments;
      channels.asyncStart.runStores(context, () => {
        try {
          return apply(last, receiver, callbackArguments);
        } finally {
          channels.asyncEnd.publish(context);
        }
      });
    };
    args.splice(position, 1, wrapped);
    return this.start.runStores(context, () => {
      try {
        return apply(callback, receiver, args);
      } catch (error) {
        this.#fail(context, error);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }
}

Object.assign(exports, {
  channel,
  hasSubscribers: (name) => channels.get(name)?.hasSubscribers ?? false,
  subscribe: (name, subscriber) => channel(name).subscribe(subscriber),
  unsubscribe: (name, subscriber) => channel(name).unsubscribe(subscriber),
  tracingChannel: (nameOrChannels) => new TracingChannel(nameOrChannels),
  Channel,
  TracingChannel,
});
