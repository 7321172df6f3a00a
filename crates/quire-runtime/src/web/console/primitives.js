// The text of strings, numbers and property names, as source code would write them.

// Control characters, quotes' own escapes, and halves of surrogate pairs.
const special = /[\x00-\x1f\x7f-\x9f\\]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const named = { __proto__: null, "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", "\v": "\\v", "\\": "\\\\" };

function escape(character) {
  const name = named[character];
  if (name !== undefined) return name;
  const code = character.charCodeAt(0);
  return code < 0x100
    ? `\\x${code.toString(16).toUpperCase().padStart(2, "0")}`
    : `\\u${code.toString(16)}`;
}

// Single quotes, unless the text has them and other quotes need no escape.
function quote(text) {
  const mark = !text.includes("'") ? "'" : !text.includes('"') ? '"' : !text.includes("`") && !text.includes("${") ? "`" : "'";
  let body = text.replace(special, escape);
  if (mark === "'") body = body.replaceAll("'", "\\'");
  return mark + body + mark;
}

// "1_234.567_8" if digits are to be separated.
function number(value, separated = false) {
  if (Object.is(value, -0)) return "-0";
  const text = String(value);
  if (!separated || !/^-?\d+(?:\.\d+)?$/.test(text)) return text;
  const [whole, fraction] = text.split(".");
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, "_");
  return fraction === undefined ? grouped : `${grouped}.${fraction.replace(/\d{3}(?=\d)/g, "$&_")}`;
}

function bigint(value, separated = false) {
  return `${separated ? String(value).replace(/\B(?=(?:\d{3})+$)/g, "_") : value}n`;
}

// `room`: how many characters are left on the line; a longer string is broken at its line ends. Of a string longer than
// `lengthMax` the rest is only counted. `style` gives each quoted piece its colour.
function string(text, room, indentation, lengthMax, style) {
  let rest = "";
  if (text.length > lengthMax) {
    const left = text.length - lengthMax;
    rest = `... ${left} more character${left > 1 ? "s" : ""}`;
    text = text.slice(0, lengthMax);
  }
  if (text.length > 16 && text.length > room - 4 && text.includes("\n")) {
    const lines = text.match(/[^\n]*\n|[^\n]+$/g);
    return lines.map((line) => style(quote(line), "string")).join(` +\n${" ".repeat(indentation + 2)}`) + rest;
  }
  return style(quote(text), "string") + rest;
}

function symbol(value) {
  return value.toString().replace(special, escape);
}

function propertyName(key, enumerable, style) {
  if (typeof key === "symbol") {
    const text = style(symbol(key), "symbol");
    return enumerable ? text : `[${text}]`;
  }
  if (key === "__proto__") return "['__proto__']";
  if (!enumerable) return `[${key.replace(special, escape)}]`;
  return /^[A-Za-z_][A-Za-z_0-9]*$/.test(key) ? style(key, "name") : style(quote(key), "string");
}

internals.console = { primitives: { quote, number, bigint, string, symbol, propertyName } };
