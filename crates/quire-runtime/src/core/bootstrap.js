// What every other file relies on: how globals and classes are published, how errors of native
// operations get their class.

const { defineProperty, getOwnPropertyDescriptors, entries } = Object;

/** Defines a global the way the platform does: writable, configurable, not enumerable. */
internals.expose = (name, value) => {
  defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
};

function makeMembersEnumerable(object, skipped) {
  for (const [name, descriptor] of entries(getOwnPropertyDescriptors(object))) {
    if (skipped.includes(name) || name.startsWith("_")) continue;
    if (!descriptor.configurable) continue;
    defineProperty(object, name, { ...descriptor, enumerable: true });
  }
}

/** Gives a class the shape of a Web IDL interface: enumerable members and a string tag. */
internals.defineClass = (Class, tag) => {
  makeMembersEnumerable(Class.prototype, ["constructor"]);
  makeMembersEnumerable(Class, ["prototype", "name", "length"]);
  defineProperty(Class.prototype, Symbol.toStringTag, { value: tag, configurable: true });
  if (Class.name !== tag) defineProperty(Class, "name", { value: tag, configurable: true });
};

/** The key under which a class says how `console` shows its instances. */
internals.inspect = Symbol("quire.inspect");

const { current } = internals;

/** The number of the request on whose behalf code runs, or 0. */
internals.currentRequest = () => current[0];

/** Throws at module scope, and wherever else no request is under way. */
internals.requireRequest = () => {
  if (current[0] === 0) ops.require_request();
};

/** Throws if an object of the request `owner`, of this kind, cannot be used now. */
internals.requireOwner = (owner, kind) => {
  if (owner !== current[0]) ops.require_open(owner, kind);
};

/** Undefined once the program's flags are known. */
let adaptations = [];

/** The compatibility flags, each `true` or `false`; empty until the program is known. */
internals.compatibility = { __proto__: null };

/** Calls `adapt(compatibility)` when the program's flags are known, before any of its code runs; at once if they are. */
internals.beforeProgram = (adapt) => {
  if (adaptations === undefined) adapt(internals.compatibility);
  else adaptations[adaptations.length] = adapt;
};

/** `flags` is JSON. */
internals.setCompatibility = (flags) => {
  internals.compatibility = JSON.parse(flags);
  for (let i = 0; i < adaptations.length; i++) adaptations[i](internals.compatibility);
  adaptations = undefined;
};

/**
 * Binds a callback that is kept for later to the asynchronous context it was given in. There is only one until a program
 * uses AsyncLocalStorage; node/async_hooks puts its own function here. Called anew each time, never kept.
 */
internals.capture = (callback) => callback;

// The bundler lowers `using`, which leaves its symbols and classes to the runtime.
for (const name of ["dispose", "asyncDispose"]) {
  if (!(name in Symbol)) defineProperty(Symbol, name, { value: Symbol(`Symbol.${name}`) });
}
if (globalThis.SuppressedError === undefined) {
  class SuppressedError extends Error {
    constructor(error, suppressed, message) {
      super(message);
      defineProperty(this, "error", { value: error, writable: true, configurable: true });
      defineProperty(this, "suppressed", { value: suppressed, writable: true, configurable: true });
    }
  }
  defineProperty(SuppressedError.prototype, "name", { value: "SuppressedError", writable: true, configurable: true });
  internals.expose("SuppressedError", SuppressedError);
}

const errorClasses = { __proto__: null, Error, TypeError, RangeError };

/** Makes the error of a native operation; `name` is a class, or else the name of a DOMException. */
internals.makeError = (name, message) => {
  const Class = errorClasses[name];
  return Class ? new Class(message) : internals.domException(name, message);
};
