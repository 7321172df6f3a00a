// The global object as an EventTarget: ServiceWorkerGlobalScope → WorkerGlobalScope → EventTarget, and the events the
// runtime reports there.
const { EventTarget, ErrorEvent, PromiseRejectionEvent, dispatch, hasListeners } = internals.events;

class WorkerGlobalScope extends EventTarget {
  constructor() {
    throw new TypeError("Illegal constructor");
  }
}

class ServiceWorkerGlobalScope extends WorkerGlobalScope {}

internals.defineClass(WorkerGlobalScope, "WorkerGlobalScope");
internals.defineClass(ServiceWorkerGlobalScope, "ServiceWorkerGlobalScope");
internals.expose("WorkerGlobalScope", WorkerGlobalScope);
internals.expose("ServiceWorkerGlobalScope", ServiceWorkerGlobalScope);

function makeGlobalEventTarget(target) {
  if (target instanceof EventTarget) return;
  if (Reflect.setPrototypeOf(target, ServiceWorkerGlobalScope.prototype)) return;
  // JavaScriptCore does not let go of the global object's prototype: own members do as well.
  for (const name of ["addEventListener", "removeEventListener", "dispatchEvent"]) {
    internals.expose(name, EventTarget.prototype[name]);
  }
  Object.defineProperty(target, Symbol.toStringTag, { value: "ServiceWorkerGlobalScope", configurable: true });
}

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

Object.assign(internals.events, {
  makeGlobalEventTarget,
  reportException,
  // What becomes of an uncaught error in the end; web/console puts its own form in place of this one.
  logUncaught: (error) => ops.console_write("error", describe(error)),
  // Both return whether the rejection still has to be logged.
  reportUnhandledRejection: (promise, reason) =>
    fireGlobally(
      "unhandledrejection",
      () => new PromiseRejectionEvent("unhandledrejection", { promise, reason, cancelable: true }),
    ),
  reportRejectionHandled: (promise, reason) =>
    fireGlobally("rejectionhandled", () => new PromiseRejectionEvent("rejectionhandled", { promise, reason })),
});
internals.reportException = reportException;
makeGlobalEventTarget(globalThis);
