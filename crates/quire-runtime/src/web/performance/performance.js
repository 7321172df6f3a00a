// performance, whose clock is that of Date as in the Workers runtime: its origin is the epoch.
const NativeTypeError = TypeError;
const { EventTarget } = internals.events;

const key = Symbol();
let isPerformance;

class Performance extends EventTarget {
  #genuine;

  static {
    isPerformance = (value) => typeof value === "object" && value !== null && #genuine in value;
  }

  constructor(secret) {
    if (secret !== key) throw new NativeTypeError("Illegal constructor");
    super();
  }
  get timeOrigin() {
    if (!isPerformance(this)) throw internals.illegalInvocation();
    return 0;
  }
  now() {
    if (!isPerformance(this)) throw internals.illegalInvocation();
    return Date.now();
  }
}
Object.defineProperty(Performance, "length", { value: 0, configurable: true });
internals.defineClass(Performance, "Performance");
internals.exposeEnumerable("performance", new Performance(key));

internals.performance = { Performance, isPerformance };
