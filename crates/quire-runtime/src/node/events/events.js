// node:events. The module is EventEmitter itself.
const emitter = require("internal/events/emitter");
const { once, on, addAbortListener } = require("internal/events/iteration");
const { EventEmitter, errorMonitor, captureRejectionSymbol } = emitter;

/** An emitter whose listeners run in the context it was made in. */
let EventEmitterAsyncResource;
function asyncResourceClass() {
  const { AsyncResource } = require("async_hooks");
  return (EventEmitterAsyncResource ??= class EventEmitterAsyncResource extends EventEmitter {
    #resource;

    constructor(options = undefined) {
      const { name = new.target.name, ...others } = typeof options === "string" ? { name: options } : (options ?? {});
      super(others);
      this.#resource = new AsyncResource(name, others);
    }
    emit(event, ...args) {
      return this.#resource.runInAsyncScope(super.emit, this, event, ...args);
    }
    emitDestroy() {
      this.#resource.emitDestroy();
    }
    get asyncId() {
      return this.#resource.asyncId();
    }
    get triggerAsyncId() {
      return this.#resource.triggerAsyncId();
    }
    get asyncResource() {
      return this.#resource;
    }
  });
}

Object.assign(EventEmitter, {
  addAbortListener,
  once,
  on,
  getEventListeners: emitter.getEventListeners,
  getMaxListeners: emitter.getMaxListeners,
  listenerCount: emitter.listenerCount,
  EventEmitter,
  usingDomains: false,
  captureRejectionSymbol,
  errorMonitor,
  setMaxListeners: emitter.setMaxListeners,
  init: function init(options) {
    emitter.initialize(this, options);
  },
});
Object.defineProperty(EventEmitter, "EventEmitterAsyncResource", { get: asyncResourceClass, enumerable: true, configurable: true });

return EventEmitter;
