// The text of strings, numbers and property names, as source code would write them.
const STRING_LENGTH_MAX = 10_000;

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

function number(value) {
  return Object.is(value, -0) ? "-0" : String(value);
}

// `room`: how many characters are left on the line; a longer string is broken at its line ends.
function string(text, room, indentation) {
  let rest = "";
  if (text.length > STRING_LENGTH_MAX) {
    const left = text.length - STRING_LENGTH_MAX;
    rest = `... ${left} more character${left > 1 ? "s" : ""}`;
    text = text.slice(0, STRING_LENGTH_MAX);
  }
  if (text.length > 16 && text.length > room - 4 && text.includes("\n")) {
    const lines = text.match(/[^\n]*\n|[^\n]+$/g);
    return lines.map(quote).join(` +\n${" ".repeat(indentation + 2)}`) + rest;
  }
  return quote(text) + rest;
}

function symbol(value) {
  return value.toString().replace(special, escape);
}

function propertyName(key, enumerable) {
  if (typeof key === "symbol") return `[${symbol(key)}]`;
  if (key === "__proto__") return "['__proto__']";
  if (!enumerable) return `[${key.replace(special, escape)}]`;
  return /^[A-Za-z_][A-Za-z_0-9]*$/.test(key) ? key : quote(key);
}

internals.console = { primitives: { quote, number, string, symbol, propertyName } };
