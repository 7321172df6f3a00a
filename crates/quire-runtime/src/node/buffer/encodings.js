// Text to bytes and back, in the encodings that Buffer knows. A codec has
//   encode(text) → Uint8Array,   decode(bytes) → string,   length(text) → bytes that the text takes,
//   write(text, bytes) → bytes written into `bytes`, never a part of a character.
const { fromBase64, fromHex } = Uint8Array;
const { toBase64, toHex, subarray, set } = Uint8Array.prototype;
const { apply } = Reflect;
const { fromCharCode } = String;
const { binaryString } = internals.base64;
const encoder = new TextEncoder();
const { encode: encodeUtf8, encodeInto } = TextEncoder.prototype;

// Engines limit the number of arguments of one call.
const CHUNK = 8192;
// Up to this length going through text here is quicker than a call of native code.
const SHORT = 64;

/** Writes what a codec encodes, as far as there is room. */
const writeEncoded = (encode) => (text, bytes) => {
  const encoded = encode(text);
  const length = encoded.length < bytes.length ? encoded.length : bytes.length;
  apply(set, bytes, [length === encoded.length ? encoded : apply(subarray, encoded, [0, length])]);
  return length;
};

function utf8Length(text) {
  const { length } = text;
  let bytes = length;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    if (code < 0x800) bytes++;
    else {
      bytes += 2;
      // Two surrogates are four bytes together; one alone becomes U+FFFD, three bytes.
      if (code >= 0xd800 && code < 0xdc00 && i + 1 < length) {
        const next = text.charCodeAt(i + 1);
        if (next >= 0xdc00 && next < 0xe000) i++;
      }
    }
  }
  return bytes;
}

const utf8 = {
  encode: (text) => apply(encodeUtf8, encoder, [text]),
  decode(bytes) {
    if (bytes.length <= SHORT) {
      let i = 0;
      while (i < bytes.length && bytes[i] < 0x80) i++;
      if (i === bytes.length) return apply(fromCharCode, undefined, bytes);
    }
    return ops.text_decode_utf8(bytes, false, false);
  },
  length: utf8Length,
  write: (text, bytes) => apply(encodeInto, encoder, [text, bytes]).written,
};

function utf16Write(text, bytes) {
  const units = Math.min(text.length, bytes.length >>> 1);
  for (let i = 0; i < units; i++) {
    const code = text.charCodeAt(i);
    bytes[2 * i] = code;
    bytes[2 * i + 1] = code >>> 8;
  }
  return 2 * units;
}

const utf16le = {
  encode(text) {
    const bytes = new Uint8Array(text.length * 2);
    utf16Write(text, bytes);
    return bytes;
  },
  decode(bytes) {
    const units = new Uint16Array(bytes.length >>> 1);
    for (let i = 0; i < units.length; i++) units[i] = bytes[2 * i] | (bytes[2 * i + 1] << 8);
    if (units.length <= CHUNK) return apply(fromCharCode, undefined, units);
    let text = "";
    for (let i = 0; i < units.length; i += CHUNK) text += apply(fromCharCode, undefined, units.subarray(i, i + CHUNK));
    return text;
  },
  length: (text) => text.length * 2,
  write: utf16Write,
};

function latin1Write(text, bytes) {
  const length = text.length < bytes.length ? text.length : bytes.length;
  for (let i = 0; i < length; i++) bytes[i] = text.charCodeAt(i);
  return length;
}

const latin1 = {
  encode(text) {
    const bytes = new Uint8Array(text.length);
    latin1Write(text, bytes);
    return bytes;
  },
  decode: binaryString,
  length: (text) => text.length,
  write: latin1Write,
};

const ascii = {
  ...latin1,
  decode: (bytes) => binaryString(bytes.map((byte) => byte & 0x7f)),
};

// Values of base64 characters, those of the URL alphabet too.
const base64Values = new Int8Array(128).fill(-1);
for (const [i, character] of [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"].entries()) {
  base64Values[character.charCodeAt(0)] = i;
}
base64Values[0x2b] = base64Values[0x2d] = 62;
base64Values[0x2f] = base64Values[0x5f] = 63;

// What is no base64 is passed over; the first "=" ends it.
function lenientBase64(text) {
  const bytes = new Uint8Array(Math.ceil((text.length * 3) / 4));
  let length = 0;
  let bits = 0;
  let held = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x3d) break;
    const value = code < 128 ? base64Values[code] : -1;
    if (value === -1) continue;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = held >>> bits;
    }
  }
  return bytes.subarray(0, length);
}

function encodeBase64(text) {
  try {
    return apply(fromBase64, Uint8Array, [text]);
  } catch {
    return lenientBase64(text);
  }
}

/** As Node estimates it, from the length and the padding alone. */
function base64Length(text) {
  let { length } = text;
  if (length > 0 && text.charCodeAt(length - 1) === 0x3d) length--;
  if (length > 1 && text.charCodeAt(length - 1) === 0x3d) length--;
  return (length * 3) >>> 2;
}

const base64 = {
  encode: encodeBase64,
  decode: (bytes) => apply(toBase64, bytes, []),
  length: base64Length,
  write: writeEncoded(encodeBase64),
};

const urlAlphabet = { alphabet: "base64url", omitPadding: true };
const base64url = { ...base64, decode: (bytes) => apply(toBase64, bytes, [urlAlphabet]) };

const isHexDigit = (code) => (code >= 0x30 && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x66);

// Ends before the first pair that is no hexadecimal number.
function encodeHex(text) {
  if (text.length % 2 === 1) text = text.slice(0, -1);
  try {
    return apply(fromHex, Uint8Array, [text]);
  } catch {
    let valid = 0;
    while (valid < text.length && isHexDigit(text.charCodeAt(valid)) && isHexDigit(text.charCodeAt(valid + 1))) valid += 2;
    return apply(fromHex, Uint8Array, [text.slice(0, valid)]);
  }
}

const hex = {
  encode: encodeHex,
  decode: (bytes) => apply(toHex, bytes, []),
  length: (text) => text.length >>> 1,
  write: writeEncoded(encodeHex),
};

const codecs = {
  __proto__: null,
  utf8, utf16le, latin1, ascii, base64, base64url, hex,
  "utf-8": utf8,
  ucs2: utf16le,
  "ucs-2": utf16le,
  "utf-16le": utf16le,
  binary: latin1,
};
for (const [name, codec] of Object.entries({ utf8, utf16le, latin1, ascii, base64, base64url, hex })) codec.name = name;

/** The codec of an encoding's name; undefined if there is none. */
function codecOf(name) {
  if (name === "utf8") return utf8;
  return codecs[name] ?? (typeof name === "string" ? codecs[name.toLowerCase()] : undefined);
}

Object.assign(exports, { codecOf, utf8, utf16le, latin1, ascii, base64, hex });
