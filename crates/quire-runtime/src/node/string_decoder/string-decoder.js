// node:string_decoder: bytes in pieces to text, never breaking a character in two.
const { ERR_INVALID_ARG_TYPE, ERR_UNKNOWN_ENCODING } = require("internal/errors");
const { codecOf, utf8, utf16le, base64 } = require("internal/buffer/encodings");
const { Buffer } = require("buffer");

/** How many bytes at the end are the beginning of a character that is not complete. */
function incompleteUtf8(bytes) {
  const { length } = bytes;
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back];
    if (byte >> 6 === 0b10) continue;
    const size = byte >= 0xf0 && byte < 0xf5 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1;
    if (byte >= 0xf5 || size <= back || !couldContinue(bytes, length - back)) return 0;
    return back;
  }
  return 0;
}

// Whether the second byte, if it came, fits the first: what cannot become a character is replaced at once.
function couldContinue(bytes, at) {
  const [first, second] = [bytes[at], bytes[at + 1]];
  if (second === undefined) return true;
  if (first === 0xe0) return second >= 0xa0;
  if (first === 0xed) return second < 0xa0;
  if (first === 0xf0) return second >= 0x90;
  if (first === 0xf4) return second < 0x90;
  return true;
}

function incompleteUtf16(bytes) {
  const odd = bytes.length % 2;
  const last = bytes.length - odd - 2;
  // The first half of a surrogate pair waits for the second.
  if (last >= 0 && bytes[last + 1] >> 2 === 0b110110) return odd + 2;
  return odd;
}

function incomplete(codec, bytes) {
  if (codec === utf8) return incompleteUtf8(bytes);
  if (codec === utf16le) return incompleteUtf16(bytes);
  if (codec.name.startsWith(base64.name)) return bytes.length % 3;
  return 0;
}

const codecs = new WeakMap();

function StringDecoder(encoding) {
  const codec = encoding === undefined || encoding === null || encoding === "" ? utf8 : codecOf(encoding);
  if (codec === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
  codecs.set(this, { codec, held: Buffer.alloc(0) });
  this.encoding = codec.name;
}

function write(bytes) {
  if (typeof bytes === "string") return bytes;
  if (!ArrayBuffer.isView(bytes)) throw new ERR_INVALID_ARG_TYPE("buf", ["Buffer", "TypedArray", "DataView"], bytes);
  const state = codecs.get(this);
  let all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (state.held.length > 0) all = Buffer.concat([state.held, all]);
  const rest = incomplete(state.codec, all);
  // A copy: the caller may use its memory again.
  state.held = Buffer.from(all.subarray(all.length - rest));
  return rest === all.length ? "" : state.codec.decode(all.subarray(0, all.length - rest));
}

function end(bytes) {
  const text = bytes === undefined ? "" : this.write(bytes);
  const state = codecs.get(this);
  const { held } = state;
  state.held = Buffer.alloc(0);
  return held.length === 0 ? text : text + state.codec.decode(held);
}

StringDecoder.prototype.write = write;
StringDecoder.prototype.end = end;
StringDecoder.prototype.text = function text(bytes, offset) {
  codecs.get(this).held = Buffer.alloc(0);
  return this.write(bytes.slice(offset));
};
for (const [name, read] of Object.entries({
  lastChar: ({ held }) => held,
  lastNeed: ({ codec, held }) => {
    if (held.length === 0) return 0;
    if (codec === utf16le) return held.length % 2 === 1 ? 1 : 2;
    if (codec === utf8) return (held[0] >= 0xf0 ? 4 : held[0] >= 0xe0 ? 3 : 2) - held.length;
    return 3 - held.length;
  },
  lastTotal: ({ held }) => held.length,
})) {
  Object.defineProperty(StringDecoder.prototype, name, {
    get() {
      return read(codecs.get(this));
    },
    enumerable: true,
    configurable: true,
  });
}

exports.StringDecoder = StringDecoder;
