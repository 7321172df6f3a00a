// scheduler.wait(milliseconds, { signal }): a timer as a promise.
const NativeTypeError = TypeError;
const NativePromise = Promise;
const key = Symbol();

class Scheduler {
  #genuine;

  constructor(secret) {
    if (secret !== key) throw new NativeTypeError("Illegal constructor");
  }

  // Async, so that a wrong argument rejects.
  async wait(delay, options = undefined) {
    if (!(#genuine in Object(this))) throw new NativeTypeError("Illegal invocation: this member belongs to Scheduler");
    if (arguments.length === 0) throw new NativeTypeError("wait(): the delay is missing");
    const milliseconds = +delay;
    const signal = options?.signal;
    const { setTimeout, clearTimeout } = internals.timers;
    if (signal === undefined || signal === null) {
      await new NativePromise((resolve) => setTimeout(resolve, milliseconds));
      return;
    }
    if (!internals.abort.isAbortSignal(signal)) throw new NativeTypeError("wait(): options.signal must be an AbortSignal");
    if (internals.abort.isAborted(signal)) throw internals.abort.reason(signal);
    await new NativePromise((resolve, reject) => {
      const timer = setTimeout(() => {
        forget();
        resolve();
      }, milliseconds);
      const forget = internals.abort.addAlgorithm(signal, (reason) => {
        clearTimeout(timer);
        reject(reason);
      });
    });
  }
}
internals.defineClass(Scheduler, "Scheduler");
internals.exposeEnumerable("scheduler", new Scheduler(key));
