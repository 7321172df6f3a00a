// Node's modules and globals: nothing is evaluated before a program asks for it.
const { defineProperty, keys, getOwnPropertyDescriptor } = Object;

/** By name: what was loaded, { exports }. */
const loaded = { __proto__: null };
const namespaces = { __proto__: null };

const missing = (name) => new Error(`No such module "${name}".`);

function require(name) {
  const known = loaded[name];
  if (known !== undefined) return known.exports;
  const evaluate = ops.node_load(name);
  if (evaluate === null) throw missing(`node:${name}`);
  const module = (loaded[name] = { exports: {} });
  try {
    const value = evaluate(globalThis, internals, ops, require, module.exports);
    if (value !== undefined) module.exports = value;
  } catch (error) {
    delete loaded[name];
    throw error;
  }
  return module.exports;
}

function isAvailable(name) {
  const { nodejs_compat, nodejs_compat_v2, nodejs_als } = internals.compatibility;
  return (nodejs_compat || nodejs_compat_v2 || (nodejs_als && name === "async_hooks")) && !name.startsWith("internal/");
}

/** What `import * as x from "node:…"` gives: the module's own properties by name, and the module itself as `default`. */
function namespace(name) {
  const known = namespaces[name];
  if (known !== undefined) return known;
  const value = require(name);
  const made = { __proto__: null };
  for (const key of keys(value)) {
    // What is only made when it is asked for stays so.
    if (getOwnPropertyDescriptor(value, key).get === undefined) made[key] = value[key];
    else defineProperty(made, key, { get: () => value[key], enumerable: true });
  }
  made.default = value;
  return (namespaces[name] = made);
}

/** A global that comes into being when something first asks for it. */
function lazyGlobal(name, make) {
  const settle = (value) => defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: true });
  defineProperty(globalThis, name, {
    get() {
      const value = make();
      settle(value);
      return value;
    },
    set: settle,
    configurable: true,
    enumerable: true,
  });
}

internals.node = {
  require,
  /** The project's variables, by name. */
  variables: {},

  /** The namespace of `node:…`, for a program. */
  module(specifier) {
    const name = specifier.slice("node:".length);
    if (!isAvailable(name)) throw missing(specifier);
    return namespace(name);
  },
  /** A module that was loaded already; undefined for others. */
  loaded: (name) => loaded[name]?.exports,
  /** The names of all modules, without `node:`. */
  names: () => ops.node_names().split("\n"),
  /** Whether a program may import `name`, which comes without `node:`. */
  has: (name) => isAvailable(name) && (loaded[name] !== undefined || ops.node_has(name)),
};

internals.beforeProgram(() => {
  const { nodejs_compat, nodejs_compat_v2, enable_nodejs_global_timers } = internals.compatibility;
  if (!nodejs_compat && !nodejs_compat_v2) return;
  if (nodejs_compat_v2) {
    lazyGlobal("Buffer", () => require("buffer").Buffer);
    lazyGlobal("process", () => require("process"));
    lazyGlobal("setImmediate", () => require("timers").setImmediate);
    lazyGlobal("clearImmediate", () => require("timers").clearImmediate);
    internals.exposeEnumerable("global", globalThis);
  }
  if (enable_nodejs_global_timers) {
    for (const name of ["setTimeout", "setInterval", "clearTimeout", "clearInterval"]) {
      lazyGlobal(name, () => require("timers")[name]);
    }
  }
});
