// TextEncoder and TextDecoder (Encoding Standard §8).
const NativeTypeError = TypeError;
const NativeRangeError = RangeError;
const NativeUint8Array = Uint8Array;
const { isView } = ArrayBuffer;

// Up to this length it is quicker to go through ASCII text here than to call native code.
const SHORT = 48;
const { fromCharCode } = String;
const { apply } = Reflect;

function encode(text) {
  const { length } = text;
  if (length <= SHORT) {
    const bytes = new NativeUint8Array(length);
    let i = 0;
    for (; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) break;
      bytes[i] = code;
    }
    if (i === length) return bytes;
  }
  return ops.text_encode(text);
}

function decode(bytes, stripBom, fatal) {
  if (bytes instanceof NativeUint8Array && bytes.length <= SHORT) {
    let i = 0;
    while (i < bytes.length && bytes[i] < 0x80) i++;
    if (i === bytes.length) return apply(fromCharCode, undefined, bytes);
  }
  return ops.text_decode_utf8(bytes, stripBom, fatal);
}

const isObject = (value) => value !== null && typeof value === "object";
const empty = new NativeUint8Array(0);

// Native code takes buffers and views of them. Memory that is shared may change under its hands: it gets a copy.
function input(value) {
  if (value === undefined) return empty;
  if (isObject(value)) {
    if (isView(value)) return isShared(value.buffer) ? copy(value.buffer, value.byteOffset, value.byteLength) : value;
    if (value instanceof ArrayBuffer) return value;
    if (isShared(value)) return copy(value, 0, value.byteLength);
  }
  // An ArrayBuffer of another realm, or no buffer at all: the native side tells.
  return value;
}

function isShared(buffer) {
  return typeof SharedArrayBuffer === "function" && buffer instanceof SharedArrayBuffer;
}

const copy = (buffer, offset, length) => new NativeUint8Array(new NativeUint8Array(buffer, offset, length));

function options(value, what) {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "object" && typeof value !== "function") {
    throw new NativeTypeError(`${what}: the options must be an object`);
  }
  return value;
}

class TextEncoder {
  #genuine;

  get encoding() {
    if (!isObject(this) || !(#genuine in this)) throw illegal("TextEncoder");
    return "utf-8";
  }

  encode(text = "") {
    if (!isObject(this) || !(#genuine in this)) throw illegal("TextEncoder");
    return encode(`${text}`);
  }

  encodeInto(source, destination) {
    if (!isObject(this) || !(#genuine in this)) throw illegal("TextEncoder");
    if (arguments.length < 2) throw new NativeTypeError("encodeInto(): two arguments are required");
    const text = `${source}`;
    if (!(destination instanceof NativeUint8Array)) {
      throw new NativeTypeError("encodeInto(): the destination must be a Uint8Array");
    }
    return encodeInto(text, destination);
  }
}

function encodeInto(text, bytes) {
  const room = bytes.length;
  let read = 0;
  let written = 0;
  while (read < text.length) {
    const unit = text.charCodeAt(read);
    if (unit < 0x80) {
      if (written === room) break;
      bytes[written++] = unit;
      read++;
      continue;
    }
    // A lone surrogate counts as U+FFFD.
    let code = text.codePointAt(read);
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    if (code < 0x800) {
      if (room - written < 2) break;
      bytes[written++] = 0xc0 | (code >> 6);
    } else if (code < 0x10000) {
      if (room - written < 3) break;
      bytes[written++] = 0xe0 | (code >> 12);
      bytes[written++] = 0x80 | ((code >> 6) & 0x3f);
    } else {
      if (room - written < 4) break;
      bytes[written++] = 0xf0 | (code >> 18);
      bytes[written++] = 0x80 | ((code >> 12) & 0x3f);
      bytes[written++] = 0x80 | ((code >> 6) & 0x3f);
      read++;
    }
    bytes[written++] = 0x80 | (code & 0x3f);
    read++;
  }
  return { read, written };
}

// A label's encoding. The one that nearly everybody asks for needs no search.
function encodingOf(label) {
  if (label === "utf-8" || label === "utf8" || label === "UTF-8") return "utf-8";
  const name = ops.text_encoding(label);
  if (name === null) throw new NativeRangeError(`"${label}" is not a valid encoding.`);
  return name;
}

class TextDecoder {
  #encoding;
  #fatal;
  #ignoreBOM;
  // Made for what one native call cannot do: another encoding than UTF-8, or text in pieces.
  #decoder = null;
  #inPieces = false;

  constructor(label = "utf-8", init = undefined) {
    this.#encoding = encodingOf(`${label}`);
    const given = options(init, "Failed to construct 'TextDecoder'");
    this.#fatal = Boolean(given?.fatal);
    this.#ignoreBOM = Boolean(given?.ignoreBOM);
  }

  get encoding() {
    if (!isObject(this) || !(#encoding in this)) throw illegal("TextDecoder");
    return this.#encoding;
  }
  get fatal() {
    if (!isObject(this) || !(#encoding in this)) throw illegal("TextDecoder");
    return this.#fatal;
  }
  get ignoreBOM() {
    if (!isObject(this) || !(#encoding in this)) throw illegal("TextDecoder");
    return this.#ignoreBOM;
  }

  decode(bytes = undefined, init = undefined) {
    if (!isObject(this) || !(#encoding in this)) throw illegal("TextDecoder");
    const more = init === undefined ? false : Boolean(options(init, "decode()")?.stream);
    const source = input(bytes);
    if (!more && !this.#inPieces && this.#encoding === "utf-8") {
      return decode(source, !this.#ignoreBOM, this.#fatal);
    }
    this.#inPieces = more;
    this.#decoder ??= ops.text_decoder(this.#encoding, !this.#ignoreBOM, this.#fatal);
    return this.#decoder(source, more);
  }
}

function illegal(className) {
  return new NativeTypeError(`Illegal invocation: this member belongs to ${className}`);
}

Object.defineProperty(TextDecoder, "length", { value: 0, configurable: true });
internals.defineClass(TextEncoder, "TextEncoder");
internals.defineClass(TextDecoder, "TextDecoder");
internals.expose("TextEncoder", TextEncoder);
internals.expose("TextDecoder", TextDecoder);

internals.encoding = {
  encodeUtf8: encode,
  // `bytes` is an ArrayBuffer or a view, not shared. A fatal decoder throws a TypeError.
  decodeUtf8: (bytes, { stripBom = false, fatal = false } = {}) => decode(bytes, stripBom, fatal),
  encodingOf,
  // A function (bytes, more to come?) → string with a state of its own.
  createDecoder: (encoding, { stripBom = false, fatal = false } = {}) => ops.text_decoder(encoding, stripBom, fatal),
  input,
};
