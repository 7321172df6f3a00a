// node:assert
const errors = require("internal/errors");
const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_RETURN_VALUE, ERR_MISSING_ARGS, ERR_AMBIGUOUS_ARGUMENT } = errors;
const { validateFunction } = require("internal/validators");
const { AssertionError } = require("internal/assert/assertion-error");
const { isDeepEqual, isDeepStrictEqual, isPartiallyEqual } = require("internal/util/comparison");
const types = require("util/types");
const { inspect } = internals.console;
const { apply } = Reflect;

function fail(details) {
  if (details.message instanceof Error) throw details.message;
  throw new AssertionError(details);
}

function ok(...args) {
  check(ok, args);
}

function check(stackStartFn, [value, message], given = arguments[1].length) {
  if (value) return;
  let generatedMessage = false;
  if (given === 0) {
    generatedMessage = true;
    message = "No value argument passed to `assert.ok()`";
  } else if (message === undefined || message === null) {
    generatedMessage = true;
    message = "The expression evaluated to a falsy value";
  } else if (message instanceof Error) throw message;
  const error = new AssertionError({ actual: value, expected: true, message, operator: "==", stackStartFn });
  error.generatedMessage = generatedMessage;
  throw error;
}

/** A function that compares two values. */
function comparison(operator, holds) {
  const { [operator]: compare } = {
    [operator](actual, expected, message) {
      if (arguments.length < 2) throw new ERR_MISSING_ARGS("actual", "expected");
      if (!holds(actual, expected)) fail({ actual, expected, message, operator: shown[operator] ?? operator, stackStartFn: compare });
    },
  };
  return compare;
}
const shown = { equal: "==", notEqual: "!=" };
const looselyEqual = (a, b) => a == b || (Number.isNaN(a) && Number.isNaN(b));

/** Whether `thrown` is what was expected; throws if it is another error. */
function checkThrown(thrown, expected, message, stackStartFn) {
  let mismatch;
  let generated = false;
  if (typeof expected !== "function") {
    if (types.isRegExp(expected)) {
      const text = String(thrown);
      if (expected.exec(text) !== null) return;
      generated = !message;
      mismatch = message ?? `The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(text)}\n`;
    } else if (typeof thrown !== "object" || thrown === null) {
      const error = new AssertionError({ actual: thrown, expected, message, operator: "deepStrictEqual", stackStartFn });
      error.operator = stackStartFn.name;
      throw error;
    } else {
      compareProperties(thrown, expected, message, stackStartFn);
      return;
    }
  } else if (expected.prototype !== undefined && thrown instanceof expected) {
    return;
  } else if (Object.prototype.isPrototypeOf.call(Error, expected)) {
    generated = !message;
    mismatch =
      message ??
      `The error is expected to be an instance of "${expected.name}". Received ${types.isNativeError(thrown) ? `"${thrown.name}"` : `"${inspect(thrown, { depth: -1 })}"`}` +
        (thrown?.message ? `\n\nError message:\n\n${thrown.message}` : "");
  } else {
    const result = apply(expected, {}, [thrown]);
    if (result === true) return;
    generated = !message;
    const name = expected.name ? `"${expected.name}" ` : "";
    mismatch =
      message ??
      `The ${name}validation function is expected to return "true". Received ${inspect(result)}` +
        (types.isNativeError(thrown) ? `\n\nCaught error:\n\n${thrown}` : "");
  }
  if (mismatch instanceof Error) throw mismatch;
  const error = new AssertionError({ actual: thrown, expected, message: mismatch, operator: stackStartFn.name, stackStartFn });
  error.generatedMessage = generated;
  throw error;
}

function compareProperties(thrown, expected, message, stackStartFn) {
  const keys = Object.keys(expected);
  if (expected instanceof Error) keys.push("name", "message");
  else if (keys.length === 0) throw new ERR_INVALID_ARG_VALUE("error", expected, "may not be an empty object");
  for (const key of keys) {
    if (typeof thrown[key] === "string" && types.isRegExp(expected[key]) && expected[key].exec(thrown[key]) !== null) continue;
    if (key in thrown && isDeepStrictEqual(thrown[key], expected[key])) continue;
    if (message instanceof Error) throw message;
    const pick = (object) => Object.fromEntries(keys.filter((name) => name in object).map((name) => [name, object[name]]));
    const error = new AssertionError({ actual: pick(thrown), expected: pick(expected), message, operator: "deepStrictEqual", stackStartFn });
    Object.assign(error, { actual: thrown, expected, operator: stackStartFn.name });
    throw error;
  }
}

const NOTHING = Symbol("nothing was thrown");

function thrownBy(run) {
  validateFunction(run, "fn");
  try {
    run();
  } catch (error) {
    return error;
  }
  return NOTHING;
}

async function rejectionOf(run) {
  let promise = run;
  if (typeof run === "function") {
    promise = run();
    if (typeof promise?.then !== "function") throw new ERR_INVALID_RETURN_VALUE("instance of Promise", "promiseFn", promise);
  } else if (typeof run?.then !== "function" || typeof run?.catch !== "function") {
    throw new ERR_INVALID_ARG_TYPE("promiseFn", ["Function", "Promise"], run);
  }
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return NOTHING;
}

function expectThrown(stackStartFn, thrown, [expected, message]) {
  if (typeof expected === "string") {
    if (message !== undefined) throw new ERR_INVALID_ARG_TYPE("error", ["Object", "Error", "Function", "RegExp"], expected);
    if (thrown?.message === expected || thrown === expected) {
      const what = typeof thrown === "object" ? `error message "${thrown.message}"` : `error "${thrown}"`;
      throw new ERR_AMBIGUOUS_ARGUMENT("error/message", `The ${what} is identical to the message.`);
    }
    message = expected;
    expected = undefined;
  } else if (expected !== undefined && expected !== null && typeof expected !== "object" && typeof expected !== "function") {
    throw new ERR_INVALID_ARG_TYPE("error", ["Object", "Error", "Function", "RegExp"], expected);
  }
  if (thrown === NOTHING) {
    const name = expected?.name ? ` (${expected.name})` : "";
    const kind = stackStartFn.name === "rejects" ? "rejection" : "exception";
    const text = message instanceof Error ? message : `Missing expected ${kind}${name}${message ? `: ${message}` : "."}`;
    fail({ actual: undefined, expected, operator: stackStartFn.name, message: text, stackStartFn });
  }
  if (expected !== undefined && expected !== null) checkThrown(thrown, expected, message, stackStartFn);
}

function expectNotThrown(stackStartFn, thrown, [expected, message]) {
  if (thrown === NOTHING) return;
  if (typeof expected === "string") {
    message = expected;
    expected = undefined;
  }
  const isExpected =
    expected === undefined ||
    expected === null ||
    (types.isRegExp(expected) ? expected.exec(String(thrown)) !== null : typeof expected === "function" && thrown instanceof expected);
  if (!isExpected) throw thrown;
  const details = message ? `: ${message}` : ".";
  const kind = stackStartFn.name === "doesNotReject" ? "rejection" : "exception";
  fail({
    actual: thrown, expected, operator: stackStartFn.name, stackStartFn,
    message: `Got unwanted ${kind}${details}\nActual message: "${thrown?.message}"`,
  });
}

function match(text, pattern, message, stackStartFn, wanted) {
  if (!types.isRegExp(pattern)) throw new ERR_INVALID_ARG_TYPE("regexp", "RegExp", pattern);
  if (typeof text === "string" && (pattern.exec(text) !== null) === wanted) return;
  if (message instanceof Error) throw message;
  const generated = !message;
  let what = `The input ${wanted ? "did not match" : "was expected to not match"} the regular expression ${inspect(pattern)}. Input:\n\n${inspect(text)}\n`;
  if (typeof text !== "string") what = `The "string" argument must be of type string. Received type ${typeof text} (${inspect(text)})`;
  const error = new AssertionError({ actual: text, expected: pattern, message: message ?? what, operator: stackStartFn.name, stackStartFn });
  error.generatedMessage = generated;
  throw error;
}

const assert = Object.assign((...args) => check(assert, args), {
  AssertionError,
  ok,
  equal: comparison("equal", looselyEqual),
  notEqual: comparison("notEqual", (a, b) => !looselyEqual(a, b)),
  deepEqual: comparison("deepEqual", isDeepEqual),
  notDeepEqual: comparison("notDeepEqual", (a, b) => !isDeepEqual(a, b)),
  strictEqual: comparison("strictEqual", Object.is),
  notStrictEqual: comparison("notStrictEqual", (a, b) => !Object.is(a, b)),
  deepStrictEqual: comparison("deepStrictEqual", isDeepStrictEqual),
  notDeepStrictEqual: comparison("notDeepStrictEqual", (a, b) => !isDeepStrictEqual(a, b)),
  partialDeepStrictEqual: comparison("partialDeepStrictEqual", isPartiallyEqual),

  fail: function failed(message = "Failed") {
    if (message instanceof Error) throw message;
    const error = new AssertionError({ message, operator: "fail", stackStartFn: failed });
    error.generatedMessage = arguments.length === 0;
    throw error;
  },
  throws: function throws(run, ...expected) {
    expectThrown(throws, thrownBy(run), expected);
  },
  doesNotThrow: function doesNotThrow(run, ...expected) {
    expectNotThrown(doesNotThrow, thrownBy(run), expected);
  },
  rejects: async function rejects(run, ...expected) {
    expectThrown(rejects, await rejectionOf(run), expected);
  },
  doesNotReject: async function doesNotReject(run, ...expected) {
    expectNotThrown(doesNotReject, await rejectionOf(run), expected);
  },
  ifError: function ifError(error) {
    if (error === null || error === undefined) return;
    const what = typeof error === "object" && typeof error.message === "string" ? error.message || error.constructor?.name : inspect(error);
    const failure = new AssertionError({
      actual: error, expected: null, operator: "ifError", message: `ifError got unwanted exception: ${what}`, stackStartFn: ifError,
    });
    failure.generatedMessage = true;
    throw failure;
  },
  match: function matches(text, pattern, message) {
    match(text, pattern, message, assert.match, true);
  },
  doesNotMatch: function doesNotMatch(text, pattern, message) {
    match(text, pattern, message, doesNotMatch, false);
  },
});
Object.defineProperty(assert, "name", { value: "ok", configurable: true });
Object.defineProperty(assert.match, "name", { value: "match", configurable: true });

/** The same module, in which the loose comparisons are the strict ones. */
const strict = Object.assign((...args) => check(strict, args), assert, {
  equal: assert.strictEqual,
  notEqual: assert.notStrictEqual,
  deepEqual: assert.deepStrictEqual,
  notDeepEqual: assert.notDeepStrictEqual,
});
strict.strict = assert.strict = strict;

return assert;
