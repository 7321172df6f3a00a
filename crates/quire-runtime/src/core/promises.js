// Promises that one request makes and another one settles. What waits for such a promise goes on in the turn of the request that made it,
// where it may use what belongs to that (`handle_cross_request_promise_resolution`). That is the program's `Promise.withResolvers()`
// and, by the bundler's help, `new Promise(…)`; the engine has no hook for promises that settle in other ways.

const NativePromise = Promise;
const { withResolvers } = Promise;
const { apply } = Reflect;
const { defineProperty } = Object;
const { currentRequest } = internals;

/** `settle`, in the turn of request `owner`. If that has ended, here and now. */
const inTurnOf = (owner, settle) => (value) => {
  if (currentRequest() === owner || !ops.continue_request(owner, () => settle(value))) settle(value);
};
internals.inTurnOf = inTurnOf;

internals.beforeProgram((flags) => {
  if (!flags.handle_cross_request_promise_resolution) return;
  const guarded = {
    withResolvers() {
      const resolvers = apply(withResolvers, this, []);
      const owner = currentRequest();
      if (owner !== 0) {
        resolvers.resolve = inTurnOf(owner, resolvers.resolve);
        resolvers.reject = inTurnOf(owner, resolvers.reject);
      }
      return resolvers;
    },
  };
  defineProperty(Promise, "withResolvers", { value: guarded.withResolvers, writable: true, configurable: true });
});

/** What the bundler puts for `Promise` in `new Promise(executor)`. */
internals.promise = function (executor) {
  const owner = currentRequest();
  const isPlain = owner === 0 || typeof executor !== "function" || globalThis.Promise !== NativePromise;
  if (isPlain || !internals.compatibility.handle_cross_request_promise_resolution) return new globalThis.Promise(executor);
  return new NativePromise((resolve, reject) => executor(inTurnOf(owner, resolve), inTurnOf(owner, reject)));
};
