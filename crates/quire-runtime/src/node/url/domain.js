// The two spellings of international domain names: through the URL standard's own host parser and Punycode's decoder.
const { URL } = globalThis;

const NO_NAME = "no-name.invalid";

/** The host as URLs have it, or "" for what is no host: the setter leaves what it was. */
function toASCII(name) {
  const url = new URL(`ws://${NO_NAME}`);
  url.hostname = name;
  return url.hostname === NO_NAME ? "" : url.hostname;
}

function toUnicode(name) {
  const ascii = toASCII(name);
  if (!ascii.includes("xn--")) return ascii;
  const decoded = (label) => (label.startsWith("xn--") ? decodeLabel(label.slice(4)) ?? label : label);
  return ascii.split(".").map(decoded).join(".");
}

// RFC 3492 with its own names for the parameters.
const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;

function adapt(delta, count, first) {
  let rest = first ? Math.floor(delta / DAMP) : delta >> 1;
  rest += Math.floor(rest / count);
  let steps = 0;
  for (; rest > ((BASE - T_MIN) * T_MAX) >> 1; steps += BASE) rest = Math.floor(rest / (BASE - T_MIN));
  return steps + Math.floor(((BASE - T_MIN + 1) * rest) / (rest + SKEW));
}

/** A label without its `xn--`; nothing if it is not well-formed. */
function decodeLabel(label) {
  const dash = label.lastIndexOf("-");
  const characters = dash > 0 ? [...label.slice(0, dash)] : [];
  let code = 128;
  let bias = 72;
  let position = 0;
  for (let index = dash > 0 ? dash + 1 : 0; index < label.length; ) {
    const before = position;
    for (let weight = 1, step = BASE; ; step += BASE) {
      const digit = parseInt(label[index], BASE);
      if (index >= label.length || Number.isNaN(digit)) return undefined;
      index += 1;
      // Letters are 0 to 25 and digits 26 to 35, other than in ordinary base 36.
      const value = digit >= 10 ? digit - 10 : digit + 26;
      position += value * weight;
      const threshold = Math.min(Math.max(step - bias, T_MIN), T_MAX);
      if (value < threshold) break;
      weight *= BASE - threshold;
    }
    const count = characters.length + 1;
    bias = adapt(position - before, count, before === 0);
    code += Math.floor(position / count);
    position %= count;
    if (code > 0x10ffff) return undefined;
    characters.splice(position, 0, String.fromCodePoint(code));
    position += 1;
  }
  return characters.join("");
}

return { toASCII, toUnicode };
