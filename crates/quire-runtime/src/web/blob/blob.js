// Blob and File (File API), as the Workers runtime has them: in memory, never changing.
const NativeError = Error;
const NativeRangeError = RangeError;
const NativeTypeError = TypeError;
const NativeUint8Array = Uint8Array;
const { copyBytes, promiseReject, promiseResolve, setBytes, viewBytes } = internals.streams;
const { now } = Date;
const { isArray } = Array;
const { max, min, trunc } = Math;
const uncurry = Function.prototype.bind.bind(Function.prototype.call);
const lowerCase = uncurry(String.prototype.toLowerCase);
const wellFormed = uncurry(String.prototype.toWellFormed);
const charCodeAt = uncurry(String.prototype.charCodeAt);

const MAXIMUM = 134217728;
const EMPTY = new NativeUint8Array(0);
// Opens the constructors to our own code: (SECRET, bytes that nobody changes, type …).
const SECRET = {};

// In lower case; nothing at all if there is a character that does not belong in a media type.
function normalizeType(type) {
  for (let i = 0; i < type.length; i++) {
    const code = charCodeAt(type, i);
    if (code < 0x20 || code > 0x7e) return "";
  }
  return lowerCase(type);
}

// The members of an options object, read in the original's order.
function readOptions(options, Class, position) {
  if (options === undefined || options === null) return { type: "", lastModified: undefined };
  if (typeof options !== "object" && typeof options !== "function") {
    throw new NativeTypeError(`Failed to construct '${Class}': constructor parameter ${position} is not of type 'Options'.`);
  }
  const given = options.type;
  const type = given === undefined ? "" : normalizeType(`${given}`);
  let lastModified = Class === "File" ? options.lastModified : undefined;
  if (lastModified !== undefined) lastModified = +lastModified || 0;
  if (options.endings !== undefined) throw new NativeError("The 'endings' field on 'Options' is not implemented.");
  return { type, lastModified };
}

// The parts as one Uint8Array; parts may share memory with nothing that can change.
function collect(parts, Class) {
  if (parts === undefined) return EMPTY;
  if (!isArray(parts)) {
    throw new NativeTypeError(`Failed to construct '${Class}': constructor parameter 1 is not of type 'Array'.`);
  }
  if (parts.length === 1 && isBlob(parts[0])) return viewOf(parts[0]);
  const pieces = [];
  let total = 0;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    const piece = isBlob(part)
      ? viewOf(part)
      : ((typeof part === "object" ? viewBytes(part) : null) ?? internals.encoding.encodeUtf8(wellFormed(`${part}`)));
    if (piece.byteLength === 0) continue;
    total += piece.byteLength;
    if (total > MAXIMUM) throw new NativeRangeError(`Blob size ${total} exceeds limit ${MAXIMUM}`);
    pieces[pieces.length] = piece;
  }
  if (total === 0) return EMPTY;
  const bytes = new NativeUint8Array(total);
  let at = 0;
  for (let i = 0; i < pieces.length; i++) {
    setBytes(bytes, pieces[i], at);
    at += pieces[i].byteLength;
  }
  return bytes;
}

// A bound of slice(): counted from the end if negative, kept inside.
function bound(value, size, missing) {
  if (value === undefined) return missing;
  const number = trunc(+value) || 0;
  return number < 0 ? max(size + number, 0) : min(number, size);
}

const illegal = () => new NativeTypeError("Illegal invocation: this member belongs to Blob");

let isBlob;
let viewOf;

class Blob {
  #bytes;
  #type;

  static {
    isBlob = (value) => typeof value === "object" && value !== null && #bytes in value;
    viewOf = (blob) => blob.#bytes;
  }

  constructor(parts = undefined, options = undefined) {
    if (parts === SECRET) {
      this.#bytes = arguments[1];
      this.#type = arguments[2];
      return;
    }
    // The arguments are read in their order.
    this.#bytes = collect(parts, "Blob");
    this.#type = readOptions(options, "Blob", 2).type;
  }

  get size() {
    if (!isBlob(this)) throw illegal();
    return this.#bytes.byteLength;
  }

  get type() {
    if (!isBlob(this)) throw illegal();
    return this.#type;
  }

  slice(start = undefined, end = undefined, type = undefined) {
    if (!isBlob(this)) throw illegal();
    const bytes = this.#bytes;
    const size = bytes.byteLength;
    const from = bound(start, size, 0);
    const to = max(bound(end, size, size), from);
    const view = to === from ? EMPTY : new NativeUint8Array(bytes.buffer, bytes.byteOffset + from, to - from);
    return new Blob(SECRET, view, type === undefined ? "" : normalizeType(`${type}`));
  }

  arrayBuffer() {
    if (!isBlob(this)) return promiseReject(illegal());
    return promiseResolve(copyBytes(this.#bytes).buffer);
  }

  bytes() {
    if (!isBlob(this)) return promiseReject(illegal());
    return promiseResolve(copyBytes(this.#bytes));
  }

  text() {
    if (!isBlob(this)) return promiseReject(illegal());
    return promiseResolve(internals.encoding.decodeUtf8(this.#bytes));
  }

  stream() {
    if (!isBlob(this)) throw illegal();
    return internals.streams.createMemoryReadable(this.#bytes);
  }
}

let isFile;

class File extends Blob {
  #name;
  #lastModified;

  static {
    isFile = (value) => typeof value === "object" && value !== null && #name in value;
  }

  constructor(parts, name, options = undefined) {
    if (parts === SECRET) {
      super(SECRET, arguments[1], arguments[2]);
      this.#name = arguments[3];
      this.#lastModified = arguments[4];
      return;
    }
    if (arguments.length < 2) {
      throw new NativeTypeError("Failed to construct 'File': constructor parameter 2 is not of type 'string'.");
    }
    const bytes = collect(parts, "File");
    const text = wellFormed(`${name}`);
    const { type, lastModified = now() } = readOptions(options, "File", 3);
    super(SECRET, bytes, type);
    this.#name = text;
    this.#lastModified = lastModified;
  }

  get name() {
    if (!isFile(this)) throw new NativeTypeError("Illegal invocation: this member belongs to File");
    return this.#name;
  }

  get lastModified() {
    if (!isFile(this)) throw new NativeTypeError("Illegal invocation: this member belongs to File");
    return this.#lastModified;
  }
}

internals.defineClass(Blob, "Blob");
internals.defineClass(File, "File");
internals.expose("Blob", Blob);
internals.expose("File", File);

internals.blob = {
  isBlob,
  isFile,
  // The bytes of a blob, as a copy that may be given to a program.
  bytes: (blob) => copyBytes(viewOf(blob)),
  // The blob's own memory: for reading only.
  view: viewOf,
  // `bytes` must belong to nobody else.
  createBlob: (bytes, type) => new Blob(SECRET, bytes, type),
  createFile: (bytes, type, name, lastModified = now()) => new File(SECRET, bytes, type, name, lastModified),
};

internals.structuredClone.register(Blob, (blob) => internals.blob.createBlob(viewOf(blob), blob.type), {
  name: "Blob",
  write: (blob) => ({ type: blob.type, bytes: internals.blob.bytes(blob) }),
  read: ({ type, bytes }) => new Blob([bytes], { type }),
});
internals.structuredClone.refuse(File);
