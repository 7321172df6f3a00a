// util.promisify(), util.callbackify(), util.aborted()
const { ERR_FALSY_VALUE_REJECTION, ERR_INVALID_ARG_TYPE } = require("internal/errors");
const { validateFunction, validateAbortSignal } = require("internal/validators");
const { apply } = Reflect;
const { defineProperty, defineProperties, getOwnPropertyDescriptors, setPrototypeOf, getPrototypeOf } = Object;

const custom = Symbol.for("nodejs.util.promisify.custom");
const argumentNames = Symbol("customPromisifyArgs");

function promisify(original) {
  validateFunction(original, "original");
  const own = original[custom];
  if (own) {
    validateFunction(own, "util.promisify.custom");
    return defineProperty(own, custom, { value: own, enumerable: false, writable: false, configurable: true });
  }
  const names = original[argumentNames];
  function promisified(...args) {
    return new Promise((resolve, reject) => {
      const done = (error, ...values) => {
        if (error) reject(error);
        else if (names !== undefined && values.length > 1) resolve(Object.fromEntries(names.map((name, i) => [name, values[i]])));
        else resolve(values[0]);
      };
      apply(original, this, [...args, done]);
    });
  }
  setPrototypeOf(promisified, getPrototypeOf(original));
  defineProperty(promisified, custom, { value: promisified, enumerable: false, writable: false, configurable: true });
  const descriptors = getOwnPropertyDescriptors(original);
  // A class's prototype cannot be written.
  delete descriptors.prototype;
  return defineProperties(promisified, descriptors);
}
promisify.custom = custom;

function callbackify(original) {
  validateFunction(original, "original");
  function callbackified(...args) {
    const callback = args.pop();
    validateFunction(callback, "last argument");
    const call = (...results) => require("process").nextTick(() => apply(callback, this, results));
    const failed = (reason) => {
      if (reason) return call(reason);
      const error = new ERR_FALSY_VALUE_REJECTION();
      error.reason = reason;
      return call(error);
    };
    apply(original, this, args).then((value) => call(null, value), failed);
  }
  const descriptors = getOwnPropertyDescriptors(original);
  if (typeof descriptors.length?.value === "number") descriptors.length.value++;
  if (typeof descriptors.name?.value === "string") descriptors.name.value += "Callbackified";
  delete descriptors.prototype;
  return defineProperties(callbackified, descriptors);
}

async function aborted(signal, resource) {
  if (signal === undefined) throw new ERR_INVALID_ARG_TYPE("signal", "AbortSignal", signal);
  validateAbortSignal(signal, "signal");
  if (resource === null || (typeof resource !== "object" && typeof resource !== "function")) {
    throw new ERR_INVALID_ARG_TYPE("resource", "Object", resource);
  }
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

Object.assign(exports, { promisify, callbackify, aborted, argumentNames });
