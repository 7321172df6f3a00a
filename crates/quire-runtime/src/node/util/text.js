// util.inspect(), util.format(), util.styleText(), util.stripVTControlCharacters(), util.parseEnv()
const { ERR_INVALID_ARG_TYPE } = require("internal/errors");
const { validateString, validateOneOf } = require("internal/validators");
const { inspect: show, format } = internals.console;

const styles = {
  reset: [0, 0], bold: [1, 22], dim: [2, 22], italic: [3, 23], underline: [4, 24], blink: [5, 25], inverse: [7, 27],
  hidden: [8, 28], strikethrough: [9, 29], doubleunderline: [21, 24],
  black: [30, 39], red: [31, 39], green: [32, 39], yellow: [33, 39], blue: [34, 39], magenta: [35, 39], cyan: [36, 39], white: [37, 39],
  bgBlack: [40, 49], bgRed: [41, 49], bgGreen: [42, 49], bgYellow: [43, 49], bgBlue: [44, 49], bgMagenta: [45, 49], bgCyan: [46, 49], bgWhite: [47, 49],
  framed: [51, 54], overlined: [53, 55], gray: [90, 39],
  redBright: [91, 39], greenBright: [92, 39], yellowBright: [93, 39], blueBright: [94, 39], magentaBright: [95, 39], cyanBright: [96, 39], whiteBright: [97, 39],
  bgGray: [100, 49], bgRedBright: [101, 49], bgGreenBright: [102, 49], bgYellowBright: [103, 49], bgBlueBright: [104, 49], bgMagentaBright: [105, 49], bgCyanBright: [106, 49], bgWhiteBright: [107, 49],
};
for (const [alias, name] of [["grey", "gray"], ["blackBright", "gray"], ["bgGrey", "bgGray"], ["bgBlackBright", "bgGray"], ["faint", "dim"], ["crossedout", "strikethrough"], ["strikeThrough", "strikethrough"], ["conceal", "hidden"], ["swapColors", "inverse"], ["swapcolors", "inverse"], ["doubleUnderline", "doubleunderline"]]) {
  Object.defineProperty(styles, alias, { get: () => styles[name], enumerable: false });
}

/** Options as util.inspect() takes them, or its old list of arguments. */
function inspect(value, options, ...old) {
  if (typeof options !== "object" || options === null) {
    const [depth] = old;
    options = depth === undefined ? {} : { depth };
  }
  return show(value, { ...inspect.defaultOptions, ...options });
}
Object.assign(inspect, {
  custom: Symbol.for("nodejs.util.inspect.custom"),
  defaultOptions: {
    showHidden: false, depth: 2, colors: false, customInspect: true, showProxy: false, maxArrayLength: 100,
    maxStringLength: 10000, breakLength: 80, compact: 3, sorted: false, getters: false, numericSeparator: false,
  },
  colors: styles,
  styles: {
    __proto__: null, special: "cyan", number: "yellow", bigint: "yellow", boolean: "yellow", undefined: "grey", null: "bold",
    string: "green", symbol: "green", date: "magenta", regexp: "red", module: "underline",
  },
});

/** Sequences that move a terminal's cursor or colour its text. */
const escapes = new RegExp(
  "[\\u001B\\u009B][[\\]()#;?]*(?:(?:(?:(?:;[-a-zA-Z\\d\\/\\#&.:=?%@~_]+)*|[a-zA-Z\\d]+(?:;[-a-zA-Z\\d\\/\\#&.:=?%@~_]*)*)?" +
    "(?:\\u0007|\\u001B\\u005C|\\u009C))|(?:(?:\\d{1,4}(?:;\\d{0,4})*)?[\\dA-PR-TZcf-ntqry=><~]))",
  "g",
);

function stripVTControlCharacters(text) {
  validateString(text, "str");
  return text.replace(escapes, "");
}

function styleText(format, text, { validateStream = true, stream } = {}) {
  validateString(text, "text");
  // There is no terminal to ask: a stream, if one is given, decides.
  const plain = validateStream && stream !== undefined && !stream.isTTY;
  let styled = text;
  for (const name of [format].flat().toReversed()) {
    if (name === "none") continue;
    const codes = styles[name];
    if (codes === undefined) validateOneOf(name, "format", Object.keys(styles));
    // Where an inner style ends, this one goes on.
    const inner = styled.replaceAll(`\x1b[${codes[1]}m`, `\x1b[${codes[0]}m`);
    if (!plain) styled = `\x1b[${codes[0]}m${inner}\x1b[${codes[1]}m`;
  }
  return styled;
}

/** The variables of a .env file. */
function parseEnv(content) {
  validateString(content, "content");
  const variables = {};
  const line = /^[ \t]*(?:export[ \t]+)?([^\s=#]+)[ \t]*=[ \t]*(?:"((?:\\"|[^"])*)"|'([^']*)'|`([^`]*)`|([^\n\r#]*))?.*$/gm;
  for (const [, name, double, single, back, bare] of content.matchAll(line)) {
    variables[name] = double !== undefined ? double.replace(/\\n/g, "\n").replace(/\\"/g, '"') : (single ?? back ?? bare ?? "").trim();
  }
  return variables;
}

function formatWithOptions(options, ...args) {
  if (typeof options !== "object" || options === null) throw new ERR_INVALID_ARG_TYPE("inspectOptions", "object", options);
  return format(args);
}

Object.assign(exports, {
  inspect,
  format: (...args) => format(args),
  formatWithOptions,
  stripVTControlCharacters,
  styleText,
  parseEnv,
});
