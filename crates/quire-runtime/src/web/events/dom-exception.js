// DOMException (WebIDL §3.14). The instances are real errors: they have a stack, and engines and
// consoles treat them as such. A class that extends Error would do, but then `DOMException` itself
// would inherit from `Error`, and `message` would be an own property.
const { construct } = Reflect;
const { defineProperty } = Object;
const NativeError = Error;
const NativeTypeError = TypeError;

const legacyCodes = {
  __proto__: null,
  IndexSizeError: [1, "INDEX_SIZE_ERR"],
  HierarchyRequestError: [3, "HIERARCHY_REQUEST_ERR"],
  WrongDocumentError: [4, "WRONG_DOCUMENT_ERR"],
  InvalidCharacterError: [5, "INVALID_CHARACTER_ERR"],
  NoModificationAllowedError: [7, "NO_MODIFICATION_ALLOWED_ERR"],
  NotFoundError: [8, "NOT_FOUND_ERR"],
  NotSupportedError: [9, "NOT_SUPPORTED_ERR"],
  InUseAttributeError: [10, "INUSE_ATTRIBUTE_ERR"],
  InvalidStateError: [11, "INVALID_STATE_ERR"],
  SyntaxError: [12, "SYNTAX_ERR"],
  InvalidModificationError: [13, "INVALID_MODIFICATION_ERR"],
  NamespaceError: [14, "NAMESPACE_ERR"],
  InvalidAccessError: [15, "INVALID_ACCESS_ERR"],
  TypeMismatchError: [17, "TYPE_MISMATCH_ERR"],
  SecurityError: [18, "SECURITY_ERR"],
  NetworkError: [19, "NETWORK_ERR"],
  AbortError: [20, "ABORT_ERR"],
  URLMismatchError: [21, "URL_MISMATCH_ERR"],
  QuotaExceededError: [22, "QUOTA_EXCEEDED_ERR"],
  TimeoutError: [23, "TIMEOUT_ERR"],
  InvalidNodeTypeError: [24, "INVALID_NODE_TYPE_ERR"],
  DataCloneError: [25, "DATA_CLONE_ERR"],
};
// Codes that no name maps to any more keep their constants.
const constants = { __proto__: null, DOMSTRING_SIZE_ERR: 2, NO_DATA_ALLOWED_ERR: 6, VALIDATION_ERR: 16 };
for (const name in legacyCodes) constants[legacyCodes[name][1]] = legacyCodes[name][0];

// Returns an object made elsewhere, so that a class can put its private fields on it.
class ErrorObject {
  constructor(newTarget) {
    return construct(NativeError, [], newTarget);
  }
}

let read;
class ExceptionFields extends ErrorObject {
  #name;
  #message;

  constructor(newTarget, message, name) {
    super(newTarget);
    this.#message = message;
    this.#name = name;
  }

  static {
    read = (exception, field) => {
      if (exception === null || typeof exception !== "object" || !(#name in exception)) {
        throw new NativeTypeError("Illegal invocation: this member belongs to DOMException");
      }
      return field === "name" ? exception.#name : exception.#message;
    };
  }
}

function DOMException(message = "", name = "Error") {
  if (new.target === undefined) {
    throw new NativeTypeError("Failed to construct 'DOMException': use the 'new' operator");
  }
  return new ExceptionFields(new.target, `${message}`, `${name}`);
}

const members = {
  get name() {
    return read(this, "name");
  },
  get message() {
    return read(this, "message");
  },
  get code() {
    return legacyCodes[read(this, "name")]?.[0] ?? 0;
  },
};
const prototype = Object.defineProperties(
  Object.create(NativeError.prototype, { constructor: { value: DOMException, writable: true, configurable: true } }),
  Object.getOwnPropertyDescriptors(members),
);
defineProperty(DOMException, "prototype", { value: prototype, writable: false });
defineProperty(DOMException, "length", { value: 0, configurable: true });
internals.defineClass(DOMException, "DOMException");
// In the order of their codes, as enumerations list them.
for (const name of Object.keys(constants).sort((a, b) => constants[a] - constants[b])) {
  const constant = { value: constants[name], enumerable: true };
  defineProperty(DOMException, name, constant);
  defineProperty(prototype, name, constant);
}
internals.expose("DOMException", DOMException);

internals.domException = (name, message) => new ExceptionFields(DOMException, message, name);
