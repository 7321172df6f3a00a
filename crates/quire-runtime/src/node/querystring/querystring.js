// node:querystring.
const { ERR_INVALID_URI } = require("internal/errors");
const { decodeURIComponent, encodeURIComponent } = globalThis;

const KEYS_MAX = 1000;

function escape(text) {
  const string = typeof text === "string" ? text : typeof text === "object" ? String(text) : `${text}`;
  try {
    return encodeURIComponent(string);
  } catch {
    throw new ERR_INVALID_URI();
  }
}

const hexValue = (code) => {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 65 && code <= 70) return code - 55;
  if (code >= 97 && code <= 102) return code - 87;
  return -1;
};

/** Decodes what is well-formed and leaves the rest as it is. Characters above U+00FF lose their high bits. */
function unescapeBuffer(text, decodeSpaces) {
  const { Buffer } = require("buffer");
  const bytes = Buffer.allocUnsafe(text.length);
  let length = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 43 && decodeSpaces) {
      bytes[length++] = 32;
      continue;
    }
    const high = code === 37 ? hexValue(text.charCodeAt(index + 1)) : -1;
    const low = high < 0 ? -1 : hexValue(text.charCodeAt(index + 2));
    if (low < 0) {
      bytes[length++] = code;
    } else {
      bytes[length++] = high * 16 + low;
      index += 2;
    }
  }
  return bytes.subarray(0, length);
}

function unescape(text, decodeSpaces) {
  try {
    return decodeURIComponent(text);
  } catch {
    return querystring.unescapeBuffer(text, decodeSpaces).toString();
  }
}

function primitive(value) {
  if (typeof value === "string") return value;
  if (typeof value === "number" && Number.isFinite(value)) return `${value}`;
  if (typeof value === "bigint" || typeof value === "boolean") return `${value}`;
  return "";
}

function stringify(object, separator, equals, options) {
  if (object === null || typeof object !== "object") return "";
  const encode = typeof options?.encodeURIComponent === "function" ? options.encodeURIComponent : querystring.escape;
  const between = separator || "&";
  const is = equals || "=";
  const pairs = [];
  for (const name of Object.keys(object)) {
    const key = `${encode(primitive(name))}${is}`;
    const value = object[name];
    for (const item of Array.isArray(value) ? value : [value]) pairs.push(`${key}${encode(primitive(item))}`);
  }
  return pairs.join(between);
}

function parse(text, separator, equals, options) {
  const result = { __proto__: null };
  if (typeof text !== "string" || text.length === 0) return result;
  const between = separator ? `${separator}` : "&";
  const is = equals ? `${equals}` : "=";
  const given = options?.maxKeys;
  const keysMax = typeof given === "number" ? (given > 0 ? given : Infinity) : KEYS_MAX;
  const custom = options?.decodeURIComponent;
  const decode = typeof custom === "function" ? custom : querystring.unescape;
  const safeDecode = (part) => {
    if (part === "" || (decode === unescape && !/%[\da-f]{2}/i.test(part))) return part;
    try {
      return decode(part);
    } catch {
      return unescape(part, true);
    }
  };
  // A plus is a space; as text for a decoder of the program it must survive decoding.
  const spaced = (part) => part.replaceAll("+", decode === unescape ? " " : "%20");
  let pairs = 0;
  for (const pair of text.split(between)) {
    if (pairs === keysMax) break;
    pairs += 1;
    if (pair === "") continue;
    const at = pair.indexOf(is);
    const name = safeDecode(spaced(at < 0 ? pair : pair.slice(0, at)));
    const value = at < 0 ? "" : safeDecode(spaced(pair.slice(at + is.length)));
    const earlier = result[name];
    if (earlier === undefined) result[name] = value;
    else if (Array.isArray(earlier)) earlier.push(value);
    else result[name] = [earlier, value];
  }
  return result;
}

const querystring = { unescapeBuffer, unescape, escape, stringify, encode: stringify, parse, decode: parse };
return querystring;
