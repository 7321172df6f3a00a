// Checks of arguments, each throwing Node's error. `name` is how the argument is called in the message.
const errors = require("internal/errors");
const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE, ERR_SOCKET_BAD_PORT } = errors;
const { isArray } = Array;

function validateString(value, name) {
  if (typeof value !== "string") throw new ERR_INVALID_ARG_TYPE(name, "string", value);
}

function validateBoolean(value, name) {
  if (typeof value !== "boolean") throw new ERR_INVALID_ARG_TYPE(name, "boolean", value);
}

function validateFunction(value, name) {
  if (typeof value !== "function") throw new ERR_INVALID_ARG_TYPE(name, "Function", value);
}

function validateNumber(value, name, min = undefined, max = undefined) {
  if (typeof value !== "number") throw new ERR_INVALID_ARG_TYPE(name, "number", value);
  const bounded = min !== undefined || max !== undefined;
  if (value < min || value > max || (bounded && Number.isNaN(value))) {
    const range = [min !== undefined ? `>= ${min}` : "", max !== undefined ? `<= ${max}` : ""].filter(Boolean).join(" && ");
    throw new ERR_OUT_OF_RANGE(name, range, value);
  }
}

function integerWithin(value, name, min, max) {
  if (typeof value !== "number") throw new ERR_INVALID_ARG_TYPE(name, "number", value);
  if (!Number.isInteger(value)) throw new ERR_OUT_OF_RANGE(name, "an integer", value);
  if (value < min || value > max) throw new ERR_OUT_OF_RANGE(name, `>= ${min} && <= ${max}`, value);
}

const validateInteger = (value, name, min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER) =>
  integerWithin(value, name, min, max);
const validateInt32 = (value, name, min = -2147483648, max = 2147483647) => integerWithin(value, name, min, max);
const validateUint32 = (value, name, positive = false) => integerWithin(value, name, positive ? 1 : 0, 4294967295);

function validateOneOf(value, name, allowed) {
  if (allowed.includes(value)) return;
  const shown = allowed.map((each) => (typeof each === "string" ? `'${each}'` : String(each))).join(", ");
  throw new ERR_INVALID_ARG_VALUE(name, value, `must be one of: ${shown}`);
}

/** `options`: what else than a plain object may come: { allowArray, allowFunction, nullable } */
function validateObject(value, name, options = {}) {
  const { allowArray = false, allowFunction = false, nullable = false } = options;
  if (value === null ? nullable : typeof value === "object" ? allowArray || !isArray(value) : allowFunction && typeof value === "function") return;
  throw new ERR_INVALID_ARG_TYPE(name, "Object", value);
}

function validateArray(value, name, minLength = 0) {
  if (!isArray(value)) throw new ERR_INVALID_ARG_TYPE(name, "Array", value);
  if (value.length < minLength) throw new ERR_INVALID_ARG_VALUE(name, value, `must be longer than ${minLength}`);
}

const arrayOf = (validate) => (value, name) => {
  validateArray(value, name);
  value.forEach((item, i) => validate(item, `${name}[${i}]`));
};

function validateAbortSignal(signal, name) {
  if (signal === undefined) return;
  if (signal === null || typeof signal !== "object" || !("aborted" in signal)) {
    throw new ERR_INVALID_ARG_TYPE(name, "AbortSignal", signal);
  }
}

function validateBuffer(value, name = "buffer") {
  if (!ArrayBuffer.isView(value)) throw new ERR_INVALID_ARG_TYPE(name, ["Buffer", "TypedArray", "DataView"], value);
}

function validatePort(port, name = "Port", allowZero = true) {
  const isText = typeof port === "string" && port.trim() !== "";
  const number = Number(port);
  if ((typeof port !== "number" && !isText) || !Number.isInteger(number) || number < 0 || number > 0xffff || (number === 0 && !allowZero)) {
    throw new ERR_SOCKET_BAD_PORT(name, port, allowZero);
  }
  return number;
}

function validateUndefined(value, name) {
  if (value !== undefined) throw new ERR_INVALID_ARG_TYPE(name, "undefined", value);
}

Object.assign(exports, {
  validateString, validateBoolean, validateFunction, validateNumber, validateInteger, validateInt32, validateUint32,
  validateOneOf, validateObject, validateArray, validateAbortSignal, validateBuffer, validatePort, validateUndefined,
  validateStringArray: arrayOf(validateString),
  validateBooleanArray: arrayOf(validateBoolean),
  validateAbortSignalArray: arrayOf((value, name) => validateAbortSignal(value, name)),
});
