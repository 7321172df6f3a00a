// The asynchronous context: which stores of AsyncLocalStorage code sees.
//
// A frame is a Map from storage to store, never changed once made; null is the outermost one. Whatever runs later gets the
// frame of the moment it was asked for: callbacks are wrapped (`capture`), and `await` is, because this engine has no hook
// for it, surrounded by calls of a Suspension, which quire-bundle puts into programs that import node:async_hooks.
// Evaluating this file switches all of that on; programs that never do so pay nothing.
const { apply, getPrototypeOf } = Reflect;
const { defineProperty, getOwnPropertyDescriptor, hasOwn } = Object;
const NativePromise = Promise;
const { then } = NativePromise.prototype;
const resolve = NativePromise.resolve.bind(NativePromise);
const reject = NativePromise.reject.bind(NativePromise);
const settled = resolve();

let current = null;

/** Calls `run` with `frame` as the current one. */
function runIn(frame, run, receiver, args) {
  const previous = current;
  current = frame;
  try {
    return apply(run, receiver, args);
  } finally {
    current = previous;
  }
}

/** The same function, bound to the current frame. */
function capture(callback) {
  const frame = current;
  return function (...args) {
    return runIn(frame, callback, this, args);
  };
}

function captureReaction(callback) {
  const frame = current;
  return (value) => {
    const previous = current;
    current = frame;
    try {
      return callback(value);
    } finally {
      current = previous;
    }
  };
}

/**
 * A value to await or to resolve a promise with. The engine calls the `then` of an object that is no plain promise in a job
 * of its own, which would run in whatever frame is current by then.
 */
function thenable(value) {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return value;
  if (value instanceof NativePromise && value.constructor === NativePromise && !hasOwn(value, "then")) return value;
  let method;
  try {
    method = value.then;
  } catch (error) {
    return reject(error);
  }
  if (typeof method !== "function") return value;
  return new NativePromise((fulfil, fail) => {
    const subscribe = captureReaction(() => {
      try {
        apply(method, value, [fulfil, fail]);
      } catch (error) {
        fail(error);
      }
    });
    apply(then, settled, [subscribe]);
  });
}

/** Whether an async generator is being resumed by a call of next(), throw() or return() right now. */
let resuming = false;

/**
 * One invocation of an async function: keeps the frame while the function is suspended. Once it went on by itself, it is all
 * that runs in its promise job; then no frame is left behind when it stops, so that no later job can see that by mistake.
 */
class Suspension {
  /** undefined while it is not suspended */
  frame = undefined;
  /** Whether it runs in a promise job of its own, not inside of whoever called it. */
  alone = false;

  static thenable = thenable;

  // `await x` is compiled to s.resume(await s.suspend(x))
  suspend(value) {
    value = thenable(value);
    this.frame = current;
    if (this.alone) current = null;
    return value;
  }
  resume(value) {
    current = this.frame;
    this.frame = undefined;
    this.alone = true;
    return value;
  }
  // First in each `catch` and `finally`: what was awaited may have been rejected.
  recover() {
    if (this.frame !== undefined) this.resume();
  }
  // Last in the function, and around what it returns. A `finally` may follow, which recovers.
  done(value) {
    if (this.alone) {
      this.frame = current;
      current = null;
    }
    return value;
  }

  // `yield x` of an async generator is compiled to s.yielded(yield s.yielding(await s.suspend(x))). Whoever calls next()
  // gives the generator its frame, as on V8; if the generator goes on by itself, it keeps the one it had.
  yielding(value) {
    current = null;
    return value;
  }
  yielded(value) {
    if (!resuming) return this.resume(value);
    this.frame = undefined;
    this.alone = false;
    return value;
  }
  // `yield* x` is compiled to s.resume(yield* s.delegate(x))
  delegate(value) {
    this.frame = current;
    return value;
  }

  /** What `for await` goes through, so that its body runs in the frame it should. */
  iterate(iterable) {
    const suspension = this;
    const method = iterable[Symbol.asyncIterator];
    const isAsync = method !== undefined && method !== null;
    const iterator = isAsync ? apply(method, iterable, []) : fromSync(iterable[Symbol.iterator]());
    if (Object(iterator) !== iterator) throw new TypeError("The iterator is no object");
    const { next } = iterator;
    const pause = () => {
      const frame = (suspension.frame = current);
      if (suspension.alone) current = null;
      return frame;
    };
    return {
      __proto__: null,
      [Symbol.asyncIterator]() {
        return this;
      },
      next(...values) {
        const result = thenable(apply(next, iterator, values));
        const frame = pause();
        // The loop reads `done` first: there it is running again.
        const back = () => {
          suspension.frame = frame;
          suspension.resume();
        };
        const arrived = (step) => {
          if (Object(step) !== step) return step;
          return {
            get done() {
              back();
              return step.done;
            },
            get value() {
              return step.value;
            },
          };
        };
        const failed = (error) => ({
          get done() {
            back();
            throw error;
          },
        });
        return apply(then, resolve(result), [arrived, failed]);
      },
      get return() {
        const close = iterator.return;
        if (close === undefined || close === null) return undefined;
        return (...values) => {
          // The loop may be left by `return`.
          suspension.recover();
          const result = thenable(apply(close, iterator, values));
          pause();
          return result;
        };
      },
    };
  }
}

// A synchronous iterator whose values are awaited.
function fromSync(iterator) {
  const { next } = iterator;
  const step = (result, closing) => {
    const { done, value } = result;
    const give = (settledValue) => ({ done, value: settledValue });
    const fail = (error) => {
      if (!done && !closing) iterator.return?.();
      throw error;
    };
    return apply(then, resolve(thenable(value)), [give, fail]);
  };
  return {
    next: () => step(apply(next, iterator, []), false),
    get return() {
      const close = iterator.return;
      if (close === undefined || close === null) return undefined;
      return (value) => step(apply(close, iterator, value === undefined ? [] : [value]), true);
    },
  };
}

function replaceMethod(object, name, make) {
  const descriptor = getOwnPropertyDescriptor(object, name);
  defineProperty(object, name, { ...descriptor, value: make(descriptor.value) });
}

// catch() and finally() go through then().
replaceMethod(
  NativePromise.prototype,
  "then",
  (native) =>
    ({
      then(fulfilled, rejected) {
        return apply(native, this, [
          typeof fulfilled === "function" ? captureReaction(fulfilled) : fulfilled,
          typeof rejected === "function" ? captureReaction(rejected) : rejected,
        ]);
      },
    }).then,
);

const AsyncGeneratorPrototype = getPrototypeOf((async function* () {}).prototype);
for (const name of ["next", "throw", "return"]) {
  replaceMethod(
    AsyncGeneratorPrototype,
    name,
    (native) =>
      ({
        [name](value) {
          const previous = resuming;
          resuming = true;
          try {
            return arguments.length === 0 ? apply(native, this, []) : apply(native, this, [value]);
          } finally {
            resuming = previous;
          }
        },
      })[name],
  );
}

// It awaits inside the engine.
replaceMethod(
  Array,
  "fromAsync",
  (native) =>
    ({
      fromAsync(items, map = undefined, receiver = undefined) {
        const method = items?.[Symbol.asyncIterator];
        const source = typeof method === "function" ? boundIterable(() => apply(method, items, [])) : items;
        return apply(native, this, [source, typeof map === "function" ? capture(map) : map, receiver]);
      },
    }).fromAsync,
);

/** An iterable whose iterator runs in the current frame. */
function boundIterable(open) {
  return {
    [Symbol.asyncIterator]() {
      const iterator = open();
      const bind = (method) =>
        typeof method === "function" ? capture((...values) => apply(method, iterator, values)) : method;
      return { next: bind(iterator.next), return: bind(iterator.return) };
    },
  };
}

// A new event starts in no context, whatever ran before it.
for (const name of ["dispatch", "answer", "receive"]) {
  const begin = internals[name];
  if (begin === undefined) continue;
  internals[name] = (...args) => {
    current = null;
    begin(...args);
  };
}

internals.capture = capture;

Object.assign(exports, {
  Suspension,
  capture,
  runIn,
  frame: () => current,
  setFrame: (frame) => {
    current = frame;
  },
});
// What the rest of the runtime uses of it, once it is switched on.
internals.asyncContext = exports;
