// util.inspect(), util.format(), util.styleText(), util.stripVTControlCharacters(), util.parseEnv()
const { ERR_INVALID_ARG_TYPE } = require("internal/errors");
const { validateString, validateOneOf } = require("internal/validators");
const { inspect: show, format, colors, styles } = internals.console;

/** Options as util.inspect() takes them, or its old list of arguments: whether to show what is hidden, depth, whether to colour. */
function inspect(value, given, depth, inColor) {
  const options = { ...inspect.defaultOptions };
  if (depth !== undefined) options.depth = depth;
  if (inColor !== undefined) options.colors = inColor;
  if (typeof given === "boolean") options.showHidden = given;
  else Object.assign(options, given);
  return show(value, options);
}
Object.assign(inspect, {
  custom: Symbol.for("nodejs.util.inspect.custom"),
  defaultOptions: {
    showHidden: false, depth: 2, colors: false, customInspect: true, showProxy: false, maxArrayLength: 100,
    maxStringLength: 10000, breakLength: 80, compact: 3, sorted: false, getters: false, numericSeparator: false,
  },
  colors,
  styles,
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
    const codes = colors[name];
    if (codes === undefined) validateOneOf(name, "format", Object.keys(colors));
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
  return format(args, options);
}

Object.assign(exports, {
  inspect,
  format: (...args) => format(args),
  formatWithOptions,
  stripVTControlCharacters,
  styleText,
  parseEnv,
});
