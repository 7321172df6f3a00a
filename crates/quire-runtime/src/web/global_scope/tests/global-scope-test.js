// compatibility: 2026-06-01
const enumerable = Object.keys(globalThis);

test("the shape of the global object", () => {
  const known = ["navigator", "origin", "Cloudflare", "performance", "scheduler", "caches", "crypto", "self", "ServiceWorkerGlobalScope"];
  assertEquals(enumerable.slice(0, known.length), known);
  assertEquals([String(globalThis), self === globalThis, origin], ["[object ServiceWorkerGlobalScope]", true, "null"]);
  assertEquals([globalThis instanceof ServiceWorkerGlobalScope, globalThis instanceof EventTarget, {} instanceof ServiceWorkerGlobalScope], [true, false, false]);
  for (const Class of [ServiceWorkerGlobalScope, WorkerGlobalScope]) assertThrows(() => new Class(), TypeError, "Illegal constructor");
  assertEquals(Object.getPrototypeOf(ServiceWorkerGlobalScope.prototype) === WorkerGlobalScope.prototype, true);
  for (const absent of ["window", "location", "document", "XMLHttpRequest", "Worker", "importScripts", "FileReader", "BroadcastChannel"]) {
    assert(!(absent in globalThis), absent);
  }
});

test("compatibility flags", () => {
  const { compatibilityFlags } = Cloudflare;
  assertEquals([String(Cloudflare), Object.keys(Cloudflare)], ["[object Cloudflare]", ["compatibilityFlags"]]);
  assertEquals([compatibilityFlags.url_standard, compatibilityFlags.nodejs_als, Object.keys(compatibilityFlags).length], [true, false, 205]);
  assert(Object.isFrozen(compatibilityFlags) && Object.getPrototypeOf(compatibilityFlags) === null && compatibilityFlags === Cloudflare.compatibilityFlags);
});

test("functions of the global object refuse other receivers", () => {
  for (const name of ["setTimeout", "setInterval", "clearTimeout", "queueMicrotask", "btoa", "atob", "structuredClone", "reportError", "addEventListener"]) {
    const object = { [name]: globalThis[name] };
    assertThrows(() => object[name]("", () => {}), TypeError, "Illegal invocation");
  }
  const { btoa } = globalThis;
  assertEquals(btoa("a"), "YQ==");
});

test("the global object is an event target", () => {
  const seen = [];
  const listener = (event) => seen.push(event.type, event.target === globalThis);
  addEventListener("something", listener);
  globalThis.onsomething = () => seen.push("on");
  dispatchEvent(new Event("something"));
  delete globalThis.onsomething;
  removeEventListener("something", listener);
  dispatchEvent(new Event("something"));
  assertEquals(seen, ["on", "something", true]);
});

test("errors and rejections that nobody caught", async () => {
  const seen = [];
  const listener = (event) => {
    seen.push(event.type, event.message ?? event.reason.message);
    event.preventDefault();
  };
  for (const type of ["error", "unhandledrejection", "rejectionhandled"]) addEventListener(type, listener);
  setTimeout(() => {
    throw new Error("in a timer");
  });
  queueMicrotask(() => {
    throw new RangeError("in a microtask");
  });
  await scheduler.wait(5);
  for (const type of ["error", "unhandledrejection", "rejectionhandled"]) removeEventListener(type, listener);
  // A timer's error is logged only, as on the original.
  assertEquals(seen, ["error", "Uncaught RangeError: in a microtask"]);
});

test("reportError() fires an error event", () => {
  let seen;
  const listener = (event) => {
    seen = [event.message, event.error.message, event instanceof ErrorEvent];
    event.preventDefault();
  };
  addEventListener("error", listener);
  reportError(new TypeError("mine"));
  removeEventListener("error", listener);
  assertEquals(seen, ["Uncaught TypeError: mine", "mine", true]);
  assertThrows(() => reportError(), TypeError);
});
