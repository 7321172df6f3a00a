// Stacks as programs expect them, with V8's text and Error.prepareStackTrace. An error's own `stack` is the engine's: its
// frames, in a form of its own, as a property that nothing can intercept. So the bundler has each read of `stack` call
// internals.withStack first, which replaces the property.
// https://v8.dev/docs/stack-trace-api

const { apply } = Reflect;
const { split, slice } = String.prototype;
const { test } = RegExp.prototype;
const { has, add } = WeakSet.prototype;
const { create: createObject, defineProperty, getOwnPropertyDescriptor } = Object;
const { captureStackTrace } = Error;
const NativeError = Error;

const PLACE = /^(?:(.*) \()?(.*):(\d+):(\d+)\)?$/;

/** One line of a stack, as Error.prepareStackTrace gets it. */
class CallSite {
  #line;
  #parts;
  constructor(line) {
    this.#line = line;
    this.#parts = PLACE.exec(line) ?? [line, null, null, null, null];
  }
  getThis() {
    return undefined;
  }
  getTypeName() {
    return null;
  }
  getFunction() {
    return undefined;
  }
  getFunctionName() {
    return this.#parts[1] ?? null;
  }
  getMethodName() {
    return null;
  }
  getFileName() {
    return this.#parts[2];
  }
  getLineNumber() {
    return this.#parts[3] === null ? null : Number(this.#parts[3]);
  }
  getColumnNumber() {
    return this.#parts[4] === null ? null : Number(this.#parts[4]);
  }
  getEvalOrigin() {
    return undefined;
  }
  getScriptNameOrSourceURL() {
    return this.#parts[2];
  }
  isToplevel() {
    return true;
  }
  isEval() {
    return false;
  }
  isNative() {
    return false;
  }
  isConstructor() {
    return false;
  }
  isAsync() {
    return false;
  }
  toString() {
    return this.#line;
  }
}

/** What the engine's text becomes; `title` is the first line. */
function converted(error, title, stack) {
  const text = ops.map_stack(title, stack);
  const prepare = NativeError.prepareStackTrace;
  if (typeof prepare !== "function") return text;
  const frames = apply(split, apply(slice, text, [title.length]), ["\n    at "]);
  const sites = [];
  for (let i = 1; i < frames.length; i++) sites[i - 1] = new CallSite(frames[i]);
  return apply(prepare, NativeError, [error, sites]);
}

if (typeof captureStackTrace === "function") {
  const shim = {
    captureStackTrace(object, above) {
      apply(captureStackTrace, NativeError, [object, above]);
      const own = object.stack;
      if (typeof own !== "string") return;
      const value = converted(object, internals.console.headline(object), own);
      defineProperty(object, "stack", { value, writable: true, configurable: true, enumerable: false });
    },
  };
  defineProperty(NativeError, "captureStackTrace", { value: shim.captureStackTrace, writable: true, configurable: true });
}
NativeError.stackTraceLimit = 10;

/** The first line of the engine's text; what programs assign looks different. */
const OWN_FORM = /^(?:[^\n]*@|(?=.))(?:functions\.js:\d+:\d+|quire:[\w./-]+:\d+:\d+|\[native code\]|(?<=@))(?:\n|$)/;

/** Errors that have their text, or one of the program's. */
const ready = new WeakSet();

/** Gives an error V8's text; if it is frozen, gives an object in its place. */
function makeReady(error) {
  const own = getOwnPropertyDescriptor(error, "stack");
  const isOwnForm = typeof own?.value === "string" && apply(test, OWN_FORM, [own.value]);
  if (isOwnForm) {
    const value = converted(error, internals.console.headline(error), own.value);
    if (!own.configurable) return createObject(error, { stack: { value } });
    defineProperty(error, "stack", { value, writable: true, configurable: true, enumerable: own.enumerable });
  }
  apply(add, ready, [error]);
  return error;
}

/** Gives `value` back to have its `stack` read. If it is an error, that has V8's text from now on. */
internals.withStack = (value) =>
  value instanceof NativeError && !apply(has, ready, [value]) ? makeReady(value) : value;
