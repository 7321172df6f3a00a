// node:util
const errors = require("internal/errors");
const { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } = errors;
const { validateFunction, validateString, validateNumber } = require("internal/validators");
const types = require("util/types");
const { isDeepStrictEqual } = require("internal/util/comparison");
const text = require("internal/util/text");
const { promisify, callbackify, aborted } = require("internal/util/promises");
const { systemErrors } = require("internal/util/system-errors");
const { apply, construct } = Reflect;
const { defineProperty, setPrototypeOf } = Object;

function inherits(constructor, parent) {
  validateFunction(constructor, "ctor");
  validateFunction(parent, "superCtor");
  if (parent.prototype === undefined) throw new ERR_INVALID_ARG_TYPE("superCtor.prototype", "Object", parent.prototype);
  defineProperty(constructor, "super_", { value: parent, writable: true, configurable: true });
  setPrototypeOf(constructor.prototype, parent.prototype);
}

/** Codes that were warned of. */
const warned = new Set();

function deprecate(callback, message, code = undefined) {
  validateFunction(callback, "fn");
  if (code !== undefined) validateString(code, "code");
  let said = false;
  function deprecated(...args) {
    if (!said && !require("process").noDeprecation) {
      said = true;
      if (code === undefined || !warned.has(code)) {
        if (code !== undefined) warned.add(code);
        require("process").emitWarning(message, "DeprecationWarning", code);
      }
    }
    return new.target ? construct(callback, args, new.target) : apply(callback, this, args);
  }
  setPrototypeOf(deprecated, callback);
  if (callback.prototype) deprecated.prototype = callback.prototype;
  defineProperty(deprecated, "length", { value: callback.length, configurable: true });
  return deprecated;
}

/** Logs if NODE_DEBUG names the section. */
function debuglog(section, told = undefined) {
  const name = `${section}`.toUpperCase();
  let enabled;
  const isEnabled = () => {
    if (enabled !== undefined) return enabled;
    const patterns = (require("process").env.NODE_DEBUG ?? "").split(",").filter((pattern) => pattern !== "");
    const matches = (pattern) =>
      new RegExp(`^${pattern.replace(/[|\\{}()[\]^$+?.]/g, "\\$&").replaceAll("*", ".*")}$`, "i").test(name);
    return (enabled = patterns.some(matches));
  };
  const log = (...args) => {
    if (isEnabled()) globalThis.console.error(`${name} 1: ${text.format(...args)}`);
  };
  if (typeof told === "function") told(log);
  return defineProperty(log, "enabled", { get: isEnabled, configurable: true, enumerable: true });
}

function systemError(number) {
  validateNumber(number, "err");
  if (number >= 0 || !Number.isSafeInteger(number)) throw new ERR_OUT_OF_RANGE("err", "a negative integer", number);
  return systemErrors.get(number);
}

function errnoException(number, call, original) {
  const [code] = systemError(number) ?? [`Unknown system error ${number}`];
  const error = new Error(original ? `${call} ${code} ${original}` : `${call} ${code}`);
  return Object.assign(error, { errno: number, code, syscall: call });
}

function exceptionWithHostPort(number, call, address, port, additional) {
  let details = port && port > 0 ? ` ${address}:${port}` : address ? ` ${address}` : "";
  if (additional) details += ` - Local (${additional})`;
  const [code] = systemError(number) ?? [`Unknown system error ${number}`];
  const error = Object.assign(new Error(`${call} ${code}${details}`), { errno: number, code, syscall: call, address });
  if (port) error.port = port;
  return error;
}

const isObject = (value) => value !== null && typeof value === "object";

Object.assign(exports, {
  ...text,
  inherits,
  deprecate,
  debuglog,
  debug: debuglog,
  promisify,
  callbackify,
  aborted,
  types,
  isDeepStrictEqual,
  toUSVString: (value) => `${value}`.toWellFormed(),
  TextEncoder,
  TextDecoder,
  getSystemErrorName: (number) => systemError(number)?.[0] ?? `Unknown system error ${number}`,
  getSystemErrorMessage: (number) => systemError(number)?.[1] ?? `Unknown system error ${number}`,
  getSystemErrorMap: () => new Map(systemErrors),
  getCallSites: () => [],
  getCallSite: () => [],
  transferableAbortController: errors.notImplemented("util.transferableAbortController"),
  transferableAbortSignal: errors.notImplemented("util.transferableAbortSignal"),
  _errnoException: errnoException,
  _exceptionWithHostPort: exceptionWithHostPort,
  _extend: (target, source) => (isObject(source) ? Object.assign(target, source) : target),
  log: (...args) => globalThis.console.log("%s - %s", new Date().toLocaleTimeString(), text.format(...args)),
  isArray: Array.isArray,
  isBoolean: (value) => typeof value === "boolean",
  isBuffer: (value) => require("buffer").Buffer.isBuffer(value),
  isDate: types.isDate,
  isError: (value) => types.isNativeError(value) || value instanceof Error,
  isFunction: (value) => typeof value === "function",
  isNull: (value) => value === null,
  isNullOrUndefined: (value) => value === null || value === undefined,
  isNumber: (value) => typeof value === "number",
  isObject,
  isPrimitive: (value) => !isObject(value) && typeof value !== "function",
  isRegExp: types.isRegExp,
  isString: (value) => typeof value === "string",
  isSymbol: (value) => typeof value === "symbol",
  isUndefined: (value) => value === undefined,
});
for (const [name, module] of [["parseArgs", "internal/util/arguments"], ["MIMEType", "internal/util/mime"], ["MIMEParams", "internal/util/mime"]]) {
  defineProperty(exports, name, { get: () => require(module)[name], enumerable: true, configurable: true });
}
