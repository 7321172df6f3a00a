// atob() and btoa() (HTML §8.3), whose "forgiving" base64 is what the engine's Uint8Array.fromBase64 reads by default:
// white space is skipped, padding may be missing, surplus bits are dropped.
const NativeTypeError = TypeError;
const NativeUint8Array = Uint8Array;
const { fromBase64 } = Uint8Array;
const { toBase64, subarray } = Uint8Array.prototype;
const { fromCharCode } = String;
const { apply } = Reflect;

// Engines limit the number of arguments of one call.
const CHUNK = 8192;

function checkReceiver(receiver) {
  if (receiver !== undefined && receiver !== globalThis) {
    throw new NativeTypeError("Illegal invocation: this function belongs to the global object");
  }
}

const invalid = (message) => internals.domException("InvalidCharacterError", message);

// One character per byte.
function binaryString(bytes) {
  if (bytes.length <= CHUNK) return apply(fromCharCode, undefined, bytes);
  let text = "";
  for (let i = 0; i < bytes.length; i += CHUNK) {
    text += apply(fromCharCode, undefined, apply(subarray, bytes, [i, i + CHUNK]));
  }
  return text;
}

// Methods, because functions that are no constructors have no other short form.
const { atob, btoa } = {
  atob(data) {
    checkReceiver(this);
    if (arguments.length === 0) throw new NativeTypeError("atob(): the text is missing");
    const text = `${data}`;
    let bytes;
    try {
      bytes = apply(fromBase64, NativeUint8Array, [text]);
    } catch {
      throw invalid(
        "atob() called with invalid base64-encoded data. (Only whitespace, '+', '/', alphanumeric ASCII, and up to two terminal '=' " +
          "signs when the input data length is divisible by 4 are allowed.)",
      );
    }
    return binaryString(bytes);
  },
  btoa(data) {
    checkReceiver(this);
    if (arguments.length === 0) throw new NativeTypeError("btoa(): the text is missing");
    const text = `${data}`;
    const bytes = new NativeUint8Array(text.length);
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0xff) throw invalid("btoa() can only operate on characters in the Latin1 (ISO/IEC 8859-1) range.");
      bytes[i] = code;
    }
    return apply(toBase64, bytes, []);
  },
};
internals.expose("atob", atob);
internals.expose("btoa", btoa);

internals.base64 = { binaryString };
