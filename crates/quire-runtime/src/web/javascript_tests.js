// The small harness that the `tests/*-test.js` files are written against.
(function (report, done, requireNode, internals) {
  globalThis.requireNode = requireNode;
  globalThis.internals = internals;
  const tests = [];
  globalThis.test = (name, run) => tests.push([name, run]);

  class Mismatch extends Error {}
  const show = (value) => {
    if (typeof value === "string") return JSON.stringify(value);
    if (typeof value === "bigint") return `${value}n`;
    if (ArrayBuffer.isView(value)) return `${value.constructor.name}[${Array.from(value)}]`;
    if (value instanceof Map || value instanceof Set) return `${value.constructor.name}${show([...value])}`;
    if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
    if (value && Object.getPrototypeOf(value) === Object.prototype)
      return `{${Object.entries(value).map(([key, item]) => `${key}: ${show(item)}`).join(", ")}}`;
    return Object.is(value, -0) ? "-0" : String(value);
  };

  function same(a, b) {
    if (Object.is(a, b)) return true;
    if (typeof a !== "object" || typeof b !== "object" || !a || !b) return false;
    if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
    if (a instanceof Date) return a.getTime() === b.getTime();
    if (a instanceof RegExp) return String(a) === String(b);
    if (a instanceof Map || a instanceof Set) return same([...a], [...b]);
    if (a instanceof ArrayBuffer) return same(new Uint8Array(a), new Uint8Array(b));
    if (a instanceof Error && (a.name !== b.name || a.message !== b.message)) return false;
    const keys = Reflect.ownKeys(a).filter((key) => !(a instanceof Error) || key !== "stack");
    const others = Reflect.ownKeys(b).filter((key) => !(b instanceof Error) || key !== "stack");
    return keys.length === others.length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
  }

  globalThis.assert = (condition, message = "the condition does not hold") => {
    if (!condition) throw new Mismatch(message);
  };
  globalThis.assertEquals = (actual, expected, message = "") => {
    if (!same(actual, expected)) throw new Mismatch(`${message} got ${show(actual)}, expected ${show(expected)}`);
  };
  function checkThrown(thrown, Class, messageStart) {
    if (Class && !(thrown instanceof Class)) throw new Mismatch(`threw ${thrown}, expected a ${Class.name}`);
    if (messageStart !== undefined && !String(thrown.message).startsWith(messageStart))
      throw new Mismatch(`threw "${thrown.message}", expected "${messageStart}…"`);
    return thrown;
  }
  globalThis.assertThrows = (run, Class, messageStart) => {
    let result;
    try {
      result = run();
    } catch (thrown) {
      return checkThrown(thrown, Class, messageStart);
    }
    throw new Mismatch(`nothing was thrown; the result is ${show(result)}`);
  };
  globalThis.assertRejects = async (promise, Class, messageStart) => {
    let result;
    try {
      result = await (typeof promise === "function" ? promise() : promise);
    } catch (thrown) {
      return checkThrown(thrown, Class, messageStart);
    }
    throw new Mismatch(`it was not rejected; the result is ${show(result)}`);
  };

  globalThis.runTests = async () => {
    for (const [name, run] of tests) {
      try {
        await run();
        report(name, null);
      } catch (thrown) {
        report(name, thrown instanceof Mismatch ? thrown.message : `${thrown}\n${thrown?.stack}`);
      }
    }
    done();
  };
})
