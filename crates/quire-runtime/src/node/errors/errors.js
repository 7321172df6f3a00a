// Errors with Node's codes. `new ERR_INVALID_ARG_TYPE(name, expected, value)` and so on; `codes` holds all of them.
const text = require("internal/argument-errors");
const { defineProperty } = Object;

/** A class whose errors have `code`; `message` makes the text of the constructor's arguments. */
function define(code, message, Base = Error) {
  const Class = class extends Base {
    constructor(...details) {
      super(typeof message === "function" ? message(...details) : message);
      // Node shows the code in the text, but not in `name`.
      defineProperty(this, "code", { value: code, writable: true, enumerable: true, configurable: true });
    }
    toString() {
      return `${this.name} [${code}]: ${this.message}`;
    }
    // What `error.constructor` names in messages of other errors.
    static get name() {
      return Base.name;
    }
  };
  defineProperty(Class.prototype, "toString", { enumerable: false });
  return Class;
}

const codes = { __proto__: null };
for (const [Base, messages] of [
  [
    TypeError,
    {
      ERR_AMBIGUOUS_ARGUMENT: (name, reason) => `The "${name}" argument is ambiguous. ${reason}`,
      ERR_CONSTRUCT_CALL_REQUIRED: (name) => `Class constructor ${name} cannot be invoked without \`new\``,
      ERR_EVENT_RECURSION: (name) => `The event "${name}" is already being dispatched`,
      ERR_INVALID_ARG_TYPE: text.argumentType,
      ERR_INVALID_ARG_VALUE: text.argumentValue,
      ERR_INVALID_CALLBACK: (value) => `Callback must be a function.${text.received(value)}`,
      ERR_INVALID_CHAR: (name, field) => `Invalid character in ${name}${field === undefined ? "" : ` ["${field}"]`}`,
      ERR_INVALID_CURSOR_POS: "Cannot set cursor row without setting its column",
      ERR_INVALID_HTTP_TOKEN: (name, field) => `${name} must be a valid HTTP token ["${field}"]`,
      ERR_HTTP_INVALID_HEADER_VALUE: (value, name) => `Invalid value "${value}" for header "${name}"`,
      ERR_INVALID_FILE_URL_HOST: (platform) => `File URL host must be "localhost" or empty on ${platform}`,
      ERR_INVALID_FILE_URL_PATH: (reason) => `File URL path ${reason}`,
      ERR_INVALID_MIME_SYNTAX: (production, string, index) =>
        `The MIME syntax for a ${production} in "${string}" is invalid${index !== -1 ? ` at ${index}` : ""}`,
      ERR_INVALID_RETURN_VALUE: text.returnValue,
      ERR_INVALID_STATE: (reason) => `Invalid state: ${reason}`,
      ERR_INVALID_THIS: (type) => `Value of "this" must be of type ${type}`,
      ERR_INVALID_TUPLE: (name, type) => `${name} must be an iterable ${type} tuple`,
      ERR_INVALID_URL: "Invalid URL",
      ERR_INVALID_URL_SCHEME: (expected) => `The URL must be ${expected.includes(" ") ? "one of scheme" : "of scheme"} ${expected}`,
      ERR_MISSING_ARGS: text.missingArguments,
      ERR_PARSE_ARGS_INVALID_OPTION_VALUE: (reason) => reason,
      ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL: (argument) =>
        `Unexpected argument '${argument}'. This command does not take positional arguments`,
      ERR_PARSE_ARGS_UNKNOWN_OPTION: (option, allowPositionals) => {
        const advice = `To specify a positional argument starting with a '-', place it at the end of the command after '--', as in '-- "${option}"`;
        return `Unknown option '${option}'${allowPositionals ? `. ${advice}` : ""}`;
      },
      ERR_STREAM_NULL_VALUES: "May not write null values to stream",
      ERR_UNKNOWN_ENCODING: (name) => `Unknown encoding: ${name}`,
      ERR_UNSUPPORTED_OPERATION: (reason) => reason,
    },
  ],
  [
    RangeError,
    {
      ERR_BUFFER_OUT_OF_BOUNDS: (name) =>
        name === undefined ? "Attempt to access memory outside buffer bounds" : `"${name}" is outside of buffer bounds`,
      ERR_BUFFER_TOO_LARGE: (max) => `Cannot create a Buffer larger than ${max} bytes`,
      ERR_INVALID_ARG_VALUE_RANGE: text.argumentValue,
      ERR_INVALID_BUFFER_SIZE: (size) => `Buffer size must be a multiple of ${size}`,
      ERR_INVALID_OPT_VALUE: (name, value) => `The value "${String(value)}" is invalid for option "${name}"`,
      ERR_OUT_OF_RANGE: text.outOfRange,
      ERR_SOCKET_BAD_PORT: (name, port, allowZero = true) =>
        `${name} should be ${allowZero ? ">=" : ">"} 0 and < 65536.${text.received(port)}`,
    },
  ],
  [
    Error,
    {
      ERR_ASYNC_CALLBACK: (name) => `${name} must be a function`,
      ERR_ASYNC_TYPE: (type) => `Invalid name for async "type": ${type}`,
      ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY: "Public key is not valid for specified curve",
      ERR_CRYPTO_HASH_FINALIZED: "Digest already called",
      ERR_CRYPTO_HASH_UPDATE_FAILED: "Hash update failed",
      ERR_CRYPTO_SIGN_KEY_REQUIRED: "No key provided to sign",
      ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH: "Input buffers must have the same byte length",
      ERR_FALSY_VALUE_REJECTION: "Promise was rejected with falsy value",
      ERR_INCOMPATIBLE_OPTION_PAIR: (one, other) => `Option "${one}" cannot be used in combination with option "${other}"`,
      ERR_INVALID_STATE_ERROR: (reason) => `Invalid state: ${reason}`,
      ERR_INVALID_URI: "URI malformed",
      ERR_METHOD_NOT_IMPLEMENTED: (name) => `The ${name} method is not implemented`,
      ERR_MISSING_OPTION: (name) => `${name} is required`,
      ERR_MULTIPLE_CALLBACK: "Callback called multiple times",
      ERR_OPTION_NOT_IMPLEMENTED: (name) => `The ${name} option is not implemented`,
      ERR_STREAM_ALREADY_FINISHED: (name) => `Cannot call ${name} after a stream was finished`,
      ERR_STREAM_CANNOT_PIPE: "Cannot pipe, not readable",
      ERR_STREAM_DESTROYED: (name) => `Cannot call ${name} after a stream was destroyed`,
      ERR_STREAM_PREMATURE_CLOSE: "Premature close",
      ERR_STREAM_PUSH_AFTER_EOF: "stream.push() after EOF",
      ERR_STREAM_UNABLE_TO_PIPE: "Cannot pipe to a closed or destroyed stream",
      ERR_STREAM_UNSHIFT_AFTER_END_EVENT: "stream.unshift() after end event",
      ERR_STREAM_WRITE_AFTER_END: "write after end",
      ERR_UNAVAILABLE_DURING_EXIT: "Cannot call function in process exit handler",
      ERR_UNHANDLED_ERROR: (error) => `Unhandled error.${error === undefined ? "" : ` (${error})`}`,
      ERR_UNKNOWN_SIGNAL: (signal) => `Unknown signal: ${signal}`,
      ERR_USE_AFTER_CLOSE: (name) => `${name} was closed`,
      ERR_ZLIB_INITIALIZATION_FAILED: "Initialization failed",
    },
  ],
]) {
  for (const code of Object.keys(messages)) {
    // A code with two classes is named after the second.
    const shown = code === "ERR_INVALID_ARG_VALUE_RANGE" ? "ERR_INVALID_ARG_VALUE" : code === "ERR_INVALID_STATE_ERROR" ? "ERR_INVALID_STATE" : code;
    codes[code] = define(shown, messages[code], Base);
  }
}

class AbortError extends Error {
  constructor(message = "The operation was aborted", options = undefined) {
    if (options !== undefined && typeof options !== "object") throw new codes.ERR_INVALID_ARG_TYPE("options", "Object", options);
    super(message, options);
    this.code = "ABORT_ERR";
    this.name = "AbortError";
  }
}

/** For what this runtime has no means to do: a function that throws when it is called. */
const notImplemented = (name) => {
  const { [name]: stub } = {
    [name]() {
      throw new codes.ERR_METHOD_NOT_IMPLEMENTED(name);
    },
  };
  return stub;
};

Object.assign(exports, codes, { codes, define, AbortError, notImplemented });
