// node:punycode (RFC 3492), and the conversion of host names by it.
const [BASE, T_MIN, T_MAX, SKEW, DAMP] = [36, 1, 26, 38, 700];
const [FIRST, BIAS] = [128, 72];
const INTEGER_MAX = 2147483647;
const overflow = () => new RangeError("Overflow: input needs wider integers to process");

function adapt(delta, points, isFirst) {
  delta = isFirst ? Math.floor(delta / DAMP) : delta >> 1;
  delta += Math.floor(delta / points);
  let k = 0;
  for (; delta > ((BASE - T_MIN) * T_MAX) >> 1; k += BASE) delta = Math.floor(delta / (BASE - T_MIN));
  return Math.floor(k + ((BASE - T_MIN + 1) * delta) / (delta + SKEW));
}

const threshold = (k, bias) => (k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias);
const digit = (value) => String.fromCharCode(value < 26 ? value + 97 : value + 22);
const valueOf = (code) => {
  if (code >= 48 && code < 58) return code - 22;
  const letter = (code | 32) - 97;
  return letter >= 0 && letter < 26 ? letter : BASE;
};

/** Code points, surrogates that stand alone included. */
const decodePoints = (text) => Array.from(text, (character) => character.codePointAt(0));
const encodePoints = (points) => String.fromCodePoint(...points);

function encode(input) {
  const points = decodePoints(input);
  const basic = points.filter((point) => point < FIRST);
  let output = encodePoints(basic);
  let handled = basic.length;
  if (handled > 0) output += "-";
  let [n, delta, bias] = [FIRST, 0, BIAS];
  while (handled < points.length) {
    const next = Math.min(...points.filter((point) => point >= n));
    if (next - n > Math.floor((INTEGER_MAX - delta) / (handled + 1))) throw overflow();
    delta += (next - n) * (handled + 1);
    n = next;
    for (const point of points) {
      if (point < n && ++delta > INTEGER_MAX) throw overflow();
      if (point !== n) continue;
      let q = delta;
      for (let k = BASE; ; k += BASE) {
        const t = threshold(k, bias);
        if (q < t) break;
        output += digit(t + ((q - t) % (BASE - t)));
        q = Math.floor((q - t) / (BASE - t));
      }
      output += digit(q);
      bias = adapt(delta, handled + 1, handled === basic.length);
      delta = 0;
      handled++;
    }
    delta++;
    n++;
  }
  return output;
}

function decode(input) {
  const separator = Math.max(input.lastIndexOf("-"), 0);
  const output = [];
  for (let i = 0; i < separator; i++) {
    if (input.charCodeAt(i) >= FIRST) throw new RangeError("Illegal input >= 0x80 (not a basic code point)");
    output.push(input.charCodeAt(i));
  }
  let [n, i, bias] = [FIRST, 0, BIAS];
  for (let at = separator > 0 ? separator + 1 : 0; at < input.length; ) {
    const before = i;
    for (let weight = 1, k = BASE; ; k += BASE) {
      if (at >= input.length) throw new RangeError("Invalid input");
      const value = valueOf(input.charCodeAt(at++));
      if (value >= BASE) throw new RangeError("Invalid input");
      if (value > Math.floor((INTEGER_MAX - i) / weight)) throw overflow();
      i += value * weight;
      const t = threshold(k, bias);
      if (value < t) break;
      if (weight > Math.floor(INTEGER_MAX / (BASE - t))) throw overflow();
      weight *= BASE - t;
    }
    const length = output.length + 1;
    bias = adapt(i - before, length, before === 0);
    if (Math.floor(i / length) > INTEGER_MAX - n) throw overflow();
    n += Math.floor(i / length);
    i %= length;
    output.splice(i++, 0, n);
  }
  return encodePoints(output);
}

/** Applies `convert` to each label of a host name; what stands before an "@" stays. */
function eachLabel(domain, convert) {
  const parts = domain.split("@");
  const [before, host] = parts.length > 1 ? [`${parts[0]}@`, parts[1]] : ["", domain];
  return before + host.replace(/[\u3002\uFF0E\uFF61]/g, ".").split(".").map(convert).join(".");
}

return {
  version: "2.1.0",
  ucs2: { decode: decodePoints, encode: encodePoints },
  decode,
  encode,
  toASCII: (domain) => eachLabel(domain, (label) => (/[^\0-\x7F]/.test(label) ? `xn--${encode(label)}` : label)),
  toUnicode: (domain) => eachLabel(domain, (label) => (/^xn--/.test(label) ? decode(label.slice(4).toLowerCase()) : label)),
};
