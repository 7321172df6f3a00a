// The Body mixin of Request and Response: https://fetch.spec.whatwg.org/#body-mixin
//
// What a body consists of is kept as it came for as long as possible: a string stays a string, bytes from
// the network stay outside JavaScript (a "native" body, named by number) until somebody reads them. A
// ReadableStream is made only when `body` is touched, and a stream that nobody has read gives back what it
// was made of when it is passed on.

const { ReadableStream } = globalThis;
const { current } = internals;
const NULL_BYTES = new Uint8Array(0);

/** Bytes of a response from which on they are kept outside JavaScript. */
const LARGE_BYTES = 64 * 1024;

const TEXT = 1; // source: string
const BYTES = 2; // source: Uint8Array
const NATIVE = 3; // source: number of a native body
const STREAM = 4; // source: ReadableStream, which is `stream` as well
const SHARED = 5; // source: { number, claims }: a native body that several requests may read

/** What a body consists of. */
class Content {
  constructor(kind, source, contentType = null) {
    this.kind = kind;
    this.source = source;
    this.contentType = contentType;
    this.stream = kind === STREAM ? source : null;
    this.used = false;
    /** Whether others hold the same bytes, so that a program gets a copy. */
    this.lent = false;
    /** For bytes from the network: the signal that may have ended them. */
    this.signal = null;
    /** The request that may read it. */
    this.owner = current[0];
  }

  /** A content of the same bytes. */
  same(kind, source) {
    const content = new Content(kind, source, this.contentType);
    content.lent = this.lent;
    content.signal = this.signal;
    content.owner = this.owner;
    return content;
  }
}

const SOURCE = "ReadableStreamSource";

/** Throws unless the current request may read the content. Any request may read a stream that the program made. */
function checkOwner(content) {
  if (content.owner === current[0]) return;
  if (content.kind === STREAM) {
    const source = internals.streams.nativeSource(content.stream);
    if (!(source instanceof ContentSource)) return;
    content = source.content;
  }
  internals.requireOwner(content.owner, SOURCE);
}

/** What a native operation gives; if it fails because of a signal, the error is the signal's reason. */
async function received(promise, signal) {
  try {
    return await promise;
  } catch (error) {
    throw internals.abort.isAborted(signal) ? internals.abort.reason(signal) : error;
  }
}

/** What a stream made for a body reads from: a content that nothing else refers to. */
class ContentSource {
  constructor(content) {
    this.content = content;
  }

  pull() {
    const { content } = this;
    const { kind, source } = content;
    if (source === null) return null;
    checkOwner(content);
    if (kind === NATIVE) return this.#read(content, source);
    content.source = null;
    return source.byteLength === 0 ? null : ownBytes(content, source);
  }

  async #read(content, source) {
    const pending = ops.body_read(source);
    const chunk = await (content.signal === null ? pending : received(pending, content.signal));
    if (chunk === null) content.source = null;
    return chunk;
  }

  cancel() {
    if (this.content.kind === NATIVE && this.content.source !== null) ops.body_cancel(this.content.source);
    this.content.source = null;
  }
}

function ownBytes(content, bytes) {
  return content.lent ? bytes.slice() : bytes;
}

/** Makes a shared native body this content's own. Others keep a copy of what they have not read. */
function claim(content) {
  if (content.kind !== SHARED) return;
  const shared = content.source;
  content.kind = NATIVE;
  if (--shared.claims === 0) {
    content.source = shared.number;
  } else {
    const [own, rest] = ops.body_tee(shared.number, true);
    content.source = own;
    shared.number = rest;
  }
}

function isUsed(content) {
  return content.used || (content.stream !== null && internals.streams.isDisturbed(content.stream));
}

/** The stream of a body. From here on the body consists of that, and the stream of what the body was. */
function streamOf(content) {
  if (content.stream !== null) return content.stream;
  claim(content);
  const inner = content.same(content.kind, content.source);
  if (inner.kind === TEXT) {
    inner.kind = BYTES;
    inner.source = internals.encoding.encodeUtf8(content.source);
  }
  content.stream = internals.streams.createNativeReadable(new ContentSource(inner), lengthOf(inner));
  if (content.used) internals.streams.takeNativeSource(content.stream);
  content.kind = STREAM;
  content.source = content.stream;
  return content.stream;
}

/** How many bytes there are, if that is known. */
function lengthOf({ kind, source }) {
  if (source === null) return 0;
  return kind === NATIVE ? ops.body_length(source) : source.byteLength;
}

/** What an untouched stream was made of, if it was made for a body; the stream is used up by this. */
function takeInner(stream) {
  const source = internals.streams.nativeSource(stream);
  if (!(source instanceof ContentSource)) return null;
  internals.streams.takeNativeSource(stream);
  return source.content;
}

function checkUnused(content) {
  checkOwner(content);
  if (isUsed(content)) {
    throw new TypeError(
      "Body has already been used. It can only be used once. Use tee() first if you need to read it twice.",
    );
  }
  if (content.stream !== null && internals.streams.isLocked(content.stream)) {
    throw new TypeError("This ReadableStream is currently locked to a reader.");
  }
}

/**
 * Marks a content as used and returns the content to read: itself, or what its untouched stream
 * was made of. Of kind STREAM only if the stream must be read in JavaScript.
 */
function use(content) {
  content.used = true;
  claim(content);
  return content.stream === null ? content : (takeInner(content.stream) ?? content);
}

async function readBytes(content) {
  const found = use(content);
  const { kind, source } = found;
  switch (kind) {
    case TEXT:
      return internals.encoding.encodeUtf8(source);
    case BYTES:
      return ownBytes(found, source);
    case NATIVE:
      return found.signal === null ? ops.body_bytes(source) : received(ops.body_bytes(source), found.signal);
    default:
      return internals.streams.readAllBytes(source);
  }
}

const asText = (bytes) =>
  internals.encoding.decodeUtf8(bytes, { stripBom: internals.compatibility.strip_bom_in_read_all_text });

async function readText(content) {
  const found = use(content);
  const { kind, source } = found;
  switch (kind) {
    case TEXT:
      return source.charCodeAt(0) === 0xfeff && internals.compatibility.strip_bom_in_read_all_text ? source.slice(1) : source.isWellFormed() ? source : source.toWellFormed();
    case NATIVE:
      return found.signal === null ? ops.body_text(source) : received(ops.body_text(source), found.signal);
    case BYTES:
      return asText(source);
    default:
      return internals.streams.readAllBytes(source, asText);
  }
}

/** Reads a stream into a sink, which holds the stream back when the receiver is slow. */
async function pump(reader, sink, failed) {
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      // null: there is room for more; else whether anybody receives, or a promise of that.
      const received = ops.sink_write(sink, value);
      if (received !== null && !(await received)) return void reader.cancel(undefined);
    }
    await ops.sink_end(sink);
  } catch (error) {
    failed?.(error);
    ops.sink_abort(sink);
    reader.cancel(error);
  }
}

/**
 * Uses a content up for sending. Gives what the native side takes: a string, bytes, or the number
 * of a native body; `null` for no body. `failed` learns of the error that breaks a stream of JavaScript off.
 */
function send(content, failed = undefined) {
  if (content === null) return null;
  checkNotAborted(content);
  checkUnused(content);
  const { kind, source } = use(content);
  if (kind !== STREAM) return source;
  const length = internals.streams.fixedLength(source);
  const reader = internals.streams.getChunkReader(source);
  const sink = ops.sink_open(length, () => void reader.cancel(undefined));
  pump(reader, sink, failed);
  return sink;
}

/** Uses a content up for nothing: a stream is cancelled. */
function discard(content, reason) {
  if (content === null || isUsed(content)) return;
  content.used = true;
  if (content.stream !== null) internals.streams.getChunkReader(content.stream).cancel(reason);
}

/** A second content with the same bytes; the first one stays readable. */
function cloneContent(content) {
  if (content === null) return null;
  checkUnused(content);
  if (content.kind === SHARED) {
    content.source.claims++;
    return new Content(SHARED, content.source, content.contentType);
  }
  if (content.stream !== null) {
    const inner = takeInner(content.stream);
    if (inner === null) {
      const [own, other] = internals.streams.tee(content.stream, true);
      content.source = content.stream = own;
      return new Content(STREAM, other, content.contentType);
    }
    content.kind = inner.kind;
    content.source = inner.source;
    content.lent = inner.lent;
    content.signal = inner.signal;
    content.stream = null;
  }
  if (content.kind === NATIVE) {
    const [own, other] = ops.body_tee(content.source, false);
    content.source = own;
    return content.same(NATIVE, other);
  }
  content.lent = true;
  return content.same(content.kind, content.source);
}

/** Moves a content to another owner; the first one counts as used. */
function transfer(content) {
  if (content === null) return null;
  checkUnused(content);
  let from = content;
  let { kind, source } = content;
  if (content.stream !== null) {
    const inner = takeInner(content.stream);
    if (inner !== null) {
      from = inner;
      ({ kind, source } = inner);
    } else {
      const { readable, writable } = new internals.streams.TransformStream();
      // The reader of the other end learns of the error.
      content.stream.pipeTo(writable).catch(() => {});
      source = readable;
    }
  } else {
    content.kind = BYTES;
    content.source = NULL_BYTES;
  }
  content.used = true;
  const moved = from.same(kind, source);
  moved.contentType = content.contentType;
  return moved;
}

/** A copy of the bytes of a buffer or view; the program may change its own afterwards. */
function copyBytes(value) {
  const view = ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);
  return view.slice();
}

/** Whether it gives its bytes one by one: any iterable but a String object. */
function isIterableOfBytes(value) {
  if (!internals.compatibility.fetch_iterable_type_support || value instanceof String) return false;
  return typeof (value[Symbol.asyncIterator] ?? value[Symbol.iterator]) === "function";
}

/** The content of a `BodyInit`; `null` for none. `toSend` says that it will hardly be used but for sending. */
function extract(init, toSend = false) {
  if (init === null || init === undefined) return null;
  if (typeof init === "string" || !internals.streams.isReadableStream(init)) internals.requireRequest();
  if (typeof init === "string") return new Content(TEXT, init, "text/plain;charset=UTF-8");
  if (typeof init === "object") {
    if (internals.streams.isReadableStream(init)) {
      if (internals.streams.isDisturbed(init)) {
        throw new TypeError("This ReadableStream is disturbed (has already been read from), and cannot be used as a body.");
      }
      if (internals.streams.isLocked(init)) {
        throw new TypeError("This ReadableStream is locked to a reader, and cannot be used as a body.");
      }
      return new Content(STREAM, init);
    }
    if (init instanceof ArrayBuffer || ArrayBuffer.isView(init)) {
      // Either way a copy. What is only to be sent is better copied to where it is sent from.
      const native = toSend && init.byteLength >= LARGE_BYTES ? ops.body_of(init) : null;
      return native === null ? new Content(BYTES, copyBytes(init)) : new Content(NATIVE, native);
    }
    if (internals.blob.isBlob(init)) {
      const content = new Content(BYTES, internals.blob.view(init), init.type || null);
      content.lent = true;
      return content;
    }
    if (internals.url.isURLSearchParams(init)) {
      return new Content(TEXT, `${init}`, "application/x-www-form-urlencoded;charset=UTF-8");
    }
    if (internals.formdata.isFormData(init)) {
      const { body, contentType } = internals.formdata.serialize(init);
      return new Content(BYTES, body, contentType);
    }
    if (isIterableOfBytes(init)) return new Content(STREAM, ReadableStream.from(init));
  }
  return new Content(TEXT, `${init}`, "text/plain;charset=UTF-8");
}

let contentOf, setContent, isBody;

class Body {
  #content = null;

  static {
    isBody = (value) => typeof value === "object" && value !== null && #content in value;
    contentOf = (body) => body.#content;
    setContent = (body, content) => {
      body.#content = content;
    };
  }

  constructor() {
    if (new.target === Body) throw new TypeError("Illegal constructor");
  }

  get body() {
    const content = checked(this);
    if (content === null) return null;
    internals.requireRequest();
    return streamOf(content);
  }

  get bodyUsed() {
    const content = checked(this);
    return content !== null && isUsed(content);
  }

  async arrayBuffer() {
    const content = readable(this);
    const { buffer, byteOffset, byteLength } = await allBytes(content);
    return byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
  }

  async bytes() {
    return allBytes(readable(this));
  }

  async text() {
    const content = readable(this);
    return content === null ? "" : readText(content);
  }

  async json() {
    const content = readable(this);
    return JSON.parse(content === null ? "" : await readText(content));
  }

  async formData() {
    const bytes = await allBytes(readable(this));
    const type = this.headers.get("content-type");
    if (type === null) {
      throw new TypeError("Parsing a Body as FormData requires a Content-Type header.");
    }
    return internals.formdata.parse(bytes, type);
  }

  async blob() {
    const bytes = await allBytes(readable(this));
    return internals.blob.createBlob(bytes, internals.mimeType(this.headers.get("content-type")));
  }
}

/** Bytes that the program may keep. */
async function allBytes(content) {
  return content === null ? new Uint8Array(0) : readBytes(content);
}

/** Throws the reason of the signal that ended the bytes of a content. */
function checkNotAborted({ signal }) {
  if (signal !== null && internals.abort.isAborted(signal)) throw internals.abort.reason(signal);
}

function checked(body) {
  if (!isBody(body)) throw internals.illegalInvocation();
  return contentOf(body);
}

/** The content of a body that is about to be read in full. */
function readable(body) {
  const content = checked(body);
  if (content !== null) {
    internals.requireRequest();
    checkNotAborted(content);
    checkUnused(content);
  }
  return content;
}

internals.defineClass(Body, "Body");
internals.expose("Body", Body);
internals.body = {
  Body,
  extract,
  content: contentOf,
  setContent,
  cloneContent,
  /** Uses a content up for sending; see above. */
  send,
  discard,
  isUsed: (content) => content !== null && isUsed(content),
  checkUnused: (content) => {
    if (content !== null) checkUnused(content);
  },
  /** Whether it is known that there are no bytes. */
  isEmpty: ({ kind, source }) => (kind === TEXT ? source === "" : kind === BYTES && source.byteLength === 0),
  /** A ReadableStream over a native body. */
  nativeStream: (number) => streamOf(new Content(NATIVE, number)),
  /** A content for a native body, and the signal that may end it. */
  native: (number, signal) => {
    const content = new Content(NATIVE, number);
    content.signal = signal;
    return content;
  },
  /** A content of bytes that nothing else refers to. */
  ofBytes: (bytes) => new Content(BYTES, bytes),
  /** A record that `shared` contents are made from. Each copy counts as a claim, and so does the record until released. */
  share: (number) => ({ number, claims: 1 }),
  release: (record) => {
    record.claims--;
  },
  shared: (record) => {
    record.claims++;
    return new Content(SHARED, record);
  },
  transfer,
  /** Uses a content up that is in memory: a string or bytes; `null` for any other one. */
  takeInline(content) {
    const { kind, source } = content;
    if ((kind !== TEXT && kind !== BYTES) || content.stream !== null) return null;
    content.used = true;
    return source;
  },
  /** Uses a content up as a stream. */
  takeStream(content) {
    const moved = transfer(content);
    return streamOf(moved);
  },
  /** What structuredClone() says of a body. */
  uncloneable: () => internals.domException("DataCloneError", "ReadableStream can only be serialized for RPC."),
};
/** A deep copy of a `cf` object, as the original makes it. */
internals.copyCf = (cf) => JSON.parse(JSON.stringify(cf));
