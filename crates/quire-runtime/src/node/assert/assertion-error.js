// assert.AssertionError and its texts.
const { inspect } = internals.console;
const { validateObject } = require("internal/validators");

const intros = {
  deepStrictEqual: "Expected values to be strictly deep-equal:",
  partialDeepStrictEqual: "Expected values to be partially and strictly deep-equal:",
  strictEqual: "Expected values to be strictly equal:",
  strictEqualObject: 'Expected "actual" to be reference-equal to "expected":',
  deepEqual: "Expected values to be loosely deep-equal:",
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
  bothNotDeepEqual: "Expected values not to be loosely deep-equal:",
  notIdentical: "Values have same structure but are not reference-equal:",
  notStrictEqualObject: 'Expected "actual" not to be reference-equal to "expected":',
};

const show = (value) =>
  inspect(value, { compact: false, depth: 1000, maxArrayLength: Infinity, breakLength: Infinity, sorted: true });

/** The lines of both, those that differ marked with + and -. */
function difference(actual, expected) {
  const lengths = Array.from({ length: actual.length + 1 }, () => new Uint32Array(expected.length + 1));
  for (let i = actual.length - 1; i >= 0; i--) {
    for (let j = expected.length - 1; j >= 0; j--) {
      lengths[i][j] = actual[i] === expected[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  const lines = [];
  let [i, j] = [0, 0];
  while (i < actual.length || j < expected.length) {
    if (i < actual.length && j < expected.length && actual[i] === expected[j]) {
      lines.push(`  ${actual[i++]}`);
      j++;
    } else if (i < actual.length && (j === expected.length || lengths[i + 1][j] >= lengths[i][j + 1])) lines.push(`+ ${actual[i++]}`);
    else lines.push(`- ${expected[j++]}`);
  }
  return lines.join("\n");
}

const LINES_MAX = 1000;
const isSimple = (value) => (typeof value !== "object" || value === null) && typeof value !== "function";

function compared(actual, expected, operator) {
  const [shownActual, shownExpected] = [show(actual), show(expected)];
  const [actualLines, expectedLines] = [shownActual.split("\n"), shownExpected.split("\n")];
  const bothObjects = !isSimple(actual) && !isSimple(expected);
  const intro = operator === "strictEqual" && bothObjects ? intros.strictEqualObject : intros[operator];
  if (actualLines.length === 1 && expectedLines.length === 1 && !bothObjects && operator !== "partialDeepStrictEqual") {
    if (shownActual.length + shownExpected.length <= 12 && (actual !== 0 || expected !== 0)) {
      return `${intro}\n\n${shownActual} !== ${shownExpected}\n`;
    }
    let mark = "";
    if (typeof actual === "string" && typeof expected === "string" && shownActual.length + shownExpected.length < 80) {
      let same = 0;
      while (shownActual[same] === shownExpected[same]) same++;
      // Points at the first character that differs.
      if (same > 2) mark = `\n  ${" ".repeat(same)}^`;
    }
    return `${intro}\n+ actual - expected\n\n+ ${shownActual}\n- ${shownExpected}${mark}\n`;
  }
  if (shownActual === shownExpected && operator === "strictEqual") return `${intros.notIdentical}\n\n${shownActual}\n`;
  const [a, b] = [actualLines.slice(0, LINES_MAX), expectedLines.slice(0, LINES_MAX)];
  return `${intro}\n+ actual - expected\n\n${difference(a, b)}\n`;
}

function messageOf({ operator, actual, expected }) {
  switch (operator) {
    case "deepStrictEqual":
    case "strictEqual":
    case "partialDeepStrictEqual":
      return compared(actual, expected, operator);
    case "notDeepStrictEqual":
    case "notStrictEqual": {
      const base = operator === "notStrictEqual" && !isSimple(actual) ? intros.notStrictEqualObject : intros[operator];
      const lines = show(actual).split("\n");
      return lines.length === 1 ? `${base}${lines[0].length > 5 ? "\n\n" : " "}${lines[0]}` : `${base}\n\n${lines.join("\n")}\n`;
    }
    case "deepEqual":
      return `${intros.deepEqual}\n\n${show(actual)}\n\nshould loosely deep-equal\n\n${show(expected)}`;
    case "notDeepEqual": {
      const [a, b] = [show(actual), show(expected)];
      return a === b ? `${intros.notDeepEqual}\n\n${a}` : `${intros.bothNotDeepEqual}\n\n${a}\n\nshould not loosely deep-equal\n\n${b}`;
    }
    default:
      return `${show(actual)} ${operator} ${show(expected)}`;
  }
}

class AssertionError extends Error {
  constructor(options) {
    validateObject(options, "options");
    const { message, operator, actual, expected, stackStartFn } = options;
    super(message !== undefined && message !== null ? `${message}` : messageOf(options));
    this.generatedMessage = !message;
    Object.defineProperty(this, "name", { value: "AssertionError", writable: true, enumerable: false, configurable: true });
    Object.assign(this, { code: "ERR_ASSERTION", actual, expected, operator });
    Error.captureStackTrace?.(this, stackStartFn);
  }
  toString() {
    return `${this.name} [${this.code}]: ${this.message}`;
  }
}

exports.AssertionError = AssertionError;
