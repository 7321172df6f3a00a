// The arguments of console.log() as one text, with the directives of the Console Standard (§2.2.1) as Node has them.
const { inspect, primitives } = internals.console;

// `%s`: an object that has a text of its own gives that, others are inspected flatly.
function asString(value, options) {
  switch (typeof value) {
    case "number":
      return primitives.number(value, options.numericSeparator);
    case "bigint":
      return primitives.bigint(value, options.numericSeparator);
    case "symbol":
      return value.toString();
    case "object":
      if (value === null) return "null";
      if (hasOwnText(value)) return String(value);
      return inspect(value, { ...options, depth: 0, colors: false });
    case "function":
      return String(value);
    default:
      return String(value);
  }
}

// Whether a toString() of the program's, or of a platform class, turns the object into text.
function hasOwnText(object) {
  try {
    if (typeof object.toString !== "function") return false;
    for (let level = object; level !== null; level = Object.getPrototypeOf(level)) {
      if (Object.hasOwn(level, "toString")) return !languagePrototypes.has(level);
    }
    return false;
  } catch {
    return false;
  }
}
const languagePrototypes = new Set(
  [Object, Array, Function, RegExp, Number, String, Boolean, Symbol, BigInt, Date, Error, Object.getPrototypeOf(Uint8Array)].map(
    (Class) => Class.prototype,
  ),
);

const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";

function asNumber(value, parse, { numericSeparator }) {
  if (typeof value === "bigint") return primitives.bigint(value, numericSeparator);
  if (typeof value === "symbol") return "NaN";
  return primitives.number(parse(value), numericSeparator);
}

function asJson(value) {
  try {
    return JSON.stringify(value) ?? "undefined";
  } catch (error) {
    if (error instanceof TypeError && /cyclic|circular/i.test(error.message)) return "[Circular]";
    throw error;
  }
}

// The text that replaces a directive; undefined if the letter is none.
function directive(letter, value, options) {
  switch (letter) {
    case "s":
      return asString(value, options);
    case "d":
      return asNumber(value, isObject(value) ? () => NaN : Number, options);
    case "i":
      return asNumber(value, isObject(value) ? () => NaN : (number) => parseInt(number, 10), options);
    case "f":
      return typeof value === "symbol" ? "NaN" : primitives.number(parseFloat(value), options.numericSeparator);
    case "j":
      return asJson(value);
    case "o":
      return inspect(value, { ...options, showHidden: true, depth: 4 });
    case "O":
      return inspect(value, options);
    case "c":
      return "";
    default:
      return undefined;
  }
}

const noOptions = { __proto__: null };

// `options` are those of inspect().
function format(args, options = noOptions) {
  if (args.length === 0) return "";
  let text = "";
  let used = 0;
  if (typeof args[0] === "string") {
    const template = args[0];
    used = 1;
    if (args.length === 1) return template;
    let start = 0;
    for (let i = template.indexOf("%"); i !== -1 && i + 1 < template.length; i = template.indexOf("%", i)) {
      if (template[i + 1] === "%") {
        text += template.slice(start, i + 1);
        start = i += 2;
        continue;
      }
      const shown = used < args.length ? directive(template[i + 1], args[used], options) : undefined;
      if (shown === undefined) {
        i += 1;
        continue;
      }
      text += template.slice(start, i) + shown;
      used++;
      start = i += 2;
    }
    text += template.slice(start);
  }
  for (let i = used; i < args.length; i++) {
    const value = args[i];
    if (i > 0) text += " ";
    text += typeof value === "string" ? value : inspect(value, options);
  }
  return text;
}

// Takes the arguments as an array.
internals.console.format = format;
