// performance, whose clock is that of Date as in the Workers runtime: its origin is the epoch. Also the globals that need
// no file of their own.
const NativeTypeError = TypeError;
const { now } = Date;
const { defineProperty } = Object;

// These globals are the ones that Object.keys(globalThis) lists.
const exposeEnumerable = (name, value, writable = true) =>
  defineProperty(globalThis, name, { value, writable, enumerable: true, configurable: true });

const key = Symbol();

class Performance {
  #genuine;

  constructor(secret) {
    if (secret !== key) throw new NativeTypeError("Illegal constructor");
  }
  get timeOrigin() {
    if (!(#genuine in Object(this))) throw new NativeTypeError("Illegal invocation: this member belongs to Performance");
    return 0;
  }
  now() {
    if (!(#genuine in Object(this))) throw new NativeTypeError("Illegal invocation: this member belongs to Performance");
    return now();
  }
}
internals.defineClass(Performance, "Performance");
exposeEnumerable("performance", new Performance(key));
exposeEnumerable("self", globalThis);
exposeEnumerable("origin", "null", false);

const { reportError } = {
  reportError(error) {
    if (this !== undefined && this !== globalThis) {
      throw new NativeTypeError("Illegal invocation: this function belongs to the global object");
    }
    if (arguments.length === 0) throw new NativeTypeError("reportError(): the error is missing");
    internals.reportException(error);
  },
};
internals.expose("reportError", reportError);

internals.performance = { exposeEnumerable };
