// The global object as an EventTarget: ServiceWorkerGlobalScope → WorkerGlobalScope → EventTarget, the events the
// runtime reports there, and reportError().
const { EventTarget, ErrorEvent, PromiseRejectionEvent, dispatch, hasListeners } = internals.events;
const NativeTypeError = TypeError;
const { apply } = Reflect;
const { isPrototypeOf } = Object.prototype;

class WorkerGlobalScope extends EventTarget {
  constructor() {
    throw new NativeTypeError("Illegal constructor");
  }
}

class ServiceWorkerGlobalScope extends WorkerGlobalScope {
  // The global object does not inherit from the class (see below), but programs ask. For the classes above the answer is
  // `false`, which is what the original says too.
  static [Symbol.hasInstance](value) {
    return value === globalThis || apply(isPrototypeOf, ServiceWorkerGlobalScope.prototype, [value]);
  }
}

internals.defineClass(WorkerGlobalScope, "WorkerGlobalScope");
internals.defineClass(ServiceWorkerGlobalScope, "ServiceWorkerGlobalScope");
internals.expose("WorkerGlobalScope", WorkerGlobalScope);
internals.exposeEnumerable("ServiceWorkerGlobalScope", ServiceWorkerGlobalScope);

// JavaScriptCore does not let go of the global object's prototype: own members do as well.
for (const name of ["addEventListener", "removeEventListener", "dispatchEvent"]) {
  internals.expose(name, EventTarget.prototype[name]);
}
Object.defineProperty(globalThis, Symbol.toStringTag, { value: "ServiceWorkerGlobalScope", configurable: true });

function describe(error) {
  try {
    return `Uncaught ${error instanceof Error ? error : `${String(error)}`}`;
  } catch {
    return "Uncaught value that has no text";
  }
}

// Fires `event` at the global object; true if nobody called preventDefault(). A listener that throws is logged: there is
// no caller that could take its error.
function fireGlobally(type, makeEvent) {
  if (!hasListeners(globalThis, type)) return true;
  try {
    return dispatch(globalThis, makeEvent());
  } catch (error) {
    internals.events.logUncaught(error);
    return true;
  }
}

// An error that no code caught, such as one thrown by a timer's callback.
function reportException(error) {
  const unhandled = fireGlobally(
    "error",
    () => new ErrorEvent("error", { message: describe(error), error, cancelable: true }),
  );
  if (unhandled) internals.events.logUncaught(error);
}

const resolved = Promise.resolve();
const { then } = Promise.prototype;
const { defineProperty, hasOwn, isExtensible } = Object;

// The engine does not say when somebody takes care of a rejection after all. But whoever does, by then() or by `await`, reads
// the promise's constructor first. The event has no reason, as on the original.
function watchRejection(promise) {
  if (hasOwn(promise, "constructor") || !isExtensible(promise)) return;
  const replace = (value) => defineProperty(promise, "constructor", { value, writable: true, configurable: true });
  defineProperty(promise, "constructor", {
    get() {
      delete promise.constructor;
      internals.events.queueTask(() => {
        fireGlobally("rejectionhandled", () => new PromiseRejectionEvent("rejectionhandled", { promise }));
      });
      return promise.constructor;
    },
    set: replace,
    configurable: true,
  });
}

Object.assign(internals.events, {
  // Runs a task later, in order, and outside the caller's stack. What it throws is reported as any uncaught error is.
  queueTask: (task) => {
    apply(then, resolved, [
      () => {
        try {
          task();
        } catch (error) {
          reportException(error);
        }
      },
    ]);
  },
  reportException,
  // What becomes of an uncaught error in the end; web/console puts its own form in place of this one.
  logUncaught: (error) => ops.console_write("error", describe(error)),
  // Gives whether the rejection still has to be logged.
  reportUnhandledRejection: (promise, reason) => {
    const unhandled = fireGlobally(
      "unhandledrejection",
      () => new PromiseRejectionEvent("unhandledrejection", { promise, reason, cancelable: true }),
    );
    if (hasListeners(globalThis, "rejectionhandled")) watchRejection(promise);
    return unhandled;
  },
});
internals.reportException = reportException;

const { reportError } = {
  reportError(error) {
    if (this !== undefined && this !== null && this !== globalThis) throw internals.illegalInvocation();
    if (arguments.length === 0) throw new NativeTypeError("reportError(): the error is missing");
    reportException(error);
  },
};
internals.expose("reportError", reportError);
