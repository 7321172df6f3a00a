// The Body mixin of Request and Response: https://fetch.spec.whatwg.org/#body-mixin
//
// What a body consists of is kept as it came for as long as possible: a string stays a string, bytes from
// the network stay outside JavaScript (a "native" body, named by number) until somebody reads them. A
// ReadableStream is made only when `body` is touched, and a stream that nobody has read gives its
// native body back when it is passed on.

const NULL_BYTES = new Uint8Array(0);

const TEXT = 1; // source: string
const BYTES = 2; // source: Uint8Array
const NATIVE = 3; // source: number of a native body
const STREAM = 4; // source: ReadableStream
const SHARED = 5; // source: { number, claims }: a native body that several requests may read

/** What a body consists of. */
class Content {
  constructor(kind, source, contentType = null) {
    this.kind = kind;
    this.source = source;
    this.contentType = contentType;
    this.stream = kind === STREAM ? source : null;
    this.used = false;
  }
}

/** The native source behind a stream that was made for a content. */
class ContentSource {
  constructor(content) {
    this.content = content;
  }

  async pull() {
    const { content } = this;
    switch (content.kind) {
      case NATIVE: {
        const chunk = await ops.body_read(content.source);
        if (chunk === null) {
          content.kind = BYTES;
          content.source = null;
        }
        return chunk;
      }
      default: {
        const { kind, source } = content;
        content.source = null;
        if (source === null) return null;
        const bytes = kind === TEXT ? internals.encoding.encodeUtf8(source) : source;
        return bytes.byteLength === 0 ? null : bytes;
      }
    }
  }

  cancel() {
    if (this.content.kind === NATIVE) ops.body_cancel(this.content.source);
    this.content.source = null;
  }
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

function streamOf(content) {
  if (content.stream === null) {
    claim(content);
    content.stream = internals.streams.createNativeReadable(new ContentSource(content));
    if (content.used) internals.streams.takeNativeSource(content.stream);
  }
  return content.stream;
}

function checkUnused(content) {
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
 * Marks a content as used and returns the content to read: itself, or the one whose untouched stream
 * it holds. Of kind STREAM only if the stream must be read in JavaScript.
 */
function use(content) {
  content.used = true;
  claim(content);
  if (content.stream === null) return content;
  const source = internals.streams.nativeSource(content.stream);
  if (!(source instanceof ContentSource)) return content.kind === STREAM ? content : new Content(STREAM, content.stream);
  internals.streams.takeNativeSource(content.stream);
  source.content.used = true;
  return source.content;
}

async function readBytes(content) {
  const { kind, source } = use(content);
  switch (kind) {
    case TEXT:
      return internals.encoding.encodeUtf8(source);
    case BYTES:
      return source ?? NULL_BYTES;
    case NATIVE:
      return ops.body_bytes(source);
    default:
      return internals.streams.readAllBytes(source);
  }
}

async function readText(content) {
  const { kind, source } = use(content);
  switch (kind) {
    case TEXT:
      return source.charCodeAt(0) === 0xfeff ? source.slice(1) : source.isWellFormed() ? source : source.toWellFormed();
    case NATIVE:
      return ops.body_text(source);
    case BYTES:
      return internals.encoding.decodeUtf8(source ?? NULL_BYTES, { stripBom: true });
    default:
      return internals.encoding.decodeUtf8(await internals.streams.readAllBytes(source), { stripBom: true });
  }
}

/** Reads a stream into a sink, which holds the stream back when the receiver is slow. */
async function pump(stream, sink) {
  const reader = internals.streams.getChunkReader(stream);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const pause = ops.sink_write(sink, chunkBytes(value));
      if (pause !== null && !(await pause)) throw new TypeError("the receiver of the stream has gone");
    }
    await ops.sink_end(sink);
  } catch (error) {
    ops.sink_abort(sink);
    reader.cancel(error);
  }
}

function chunkBytes(chunk) {
  if (typeof chunk === "string" || ArrayBuffer.isView(chunk) || chunk instanceof ArrayBuffer) return chunk;
  throw new TypeError("This TransformStream is being used as a byte stream, but received an object of non-ArrayBuffer/ArrayBufferView type on its writable side.");
}

/**
 * Uses a content up for sending. Gives what the native side takes: a string, bytes, or the number
 * of a native body; `null` for no body.
 */
function send(content) {
  if (content === null) return null;
  checkUnused(content);
  const { kind, source } = use(content);
  if (kind !== STREAM) return source;
  const sink = ops.sink_open(internals.streams.fixedLength(source));
  pump(source, sink);
  return sink;
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
    const [own, other] = internals.streams.tee(content.stream);
    content.kind = STREAM;
    content.source = content.stream = own;
    return new Content(STREAM, other, content.contentType);
  }
  if (content.kind === NATIVE) {
    const [own, other] = ops.body_tee(content.source, false);
    content.source = own;
    return new Content(NATIVE, other, content.contentType);
  }
  return new Content(content.kind, content.source, content.contentType);
}

/** A copy of the bytes of a buffer or view; the program may change its own afterwards. */
function copyBytes(value) {
  const view = ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);
  return view.slice();
}

function isIterableOfBytes(value) {
  return typeof value === "object" && (value[Symbol.asyncIterator] || (value[Symbol.iterator] && !(value instanceof String)));
}

/** The content of a `BodyInit`; `null` for none. */
function extract(init) {
  if (init === null || init === undefined) return null;
  if (typeof init === "string") return new Content(TEXT, init, "text/plain;charset=UTF-8");
  if (typeof init === "object") {
    if (internals.streams.isReadableStream(init)) {
      if (internals.streams.isDisturbed(init)) {
        throw new TypeError("This ReadableStream is disturbed (has already been read from), and cannot be used as a body.");
      }
      if (internals.streams.isLocked(init)) {
        throw new TypeError("This ReadableStream is currently locked to a reader.");
      }
      return new Content(STREAM, init);
    }
    if (init instanceof ArrayBuffer || ArrayBuffer.isView(init)) return new Content(BYTES, copyBytes(init));
    if (internals.blob.isBlob(init)) return new Content(BYTES, internals.blob.view(init), init.type || null);
    if (internals.url.isURLSearchParams(init)) {
      return new Content(TEXT, `${init}`, "application/x-www-form-urlencoded;charset=UTF-8");
    }
    if (internals.formdata.isFormData(init)) {
      const { body, contentType } = internals.formdata.serialize(init);
      return new Content(BYTES, body, contentType);
    }
    if (isIterableOfBytes(init)) return new Content(STREAM, globalThis.ReadableStream.from(init));
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
    return content === null ? null : streamOf(content);
  }

  get bodyUsed() {
    const content = checked(this);
    return content !== null && isUsed(content);
  }

  async arrayBuffer() {
    const { buffer, byteOffset, byteLength } = await this.bytes();
    return byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
  }

  async bytes() {
    const content = readable(this);
    if (content === null) return new Uint8Array(0);
    const bytes = await readBytes(content);
    return bytes === NULL_BYTES ? new Uint8Array(0) : bytes;
  }

  async text() {
    const content = readable(this);
    return content === null ? "" : readText(content);
  }

  async json() {
    const content = readable(this);
    return JSON.parse(content === null ? "" : await readText(content));
  }

  async blob() {
    const content = readable(this);
    const type = this.headers.get("content-type") ?? "";
    return new globalThis.Blob([content === null ? NULL_BYTES : await readBytes(content)], { type });
  }

  async formData() {
    const content = readable(this);
    const type = this.headers.get("content-type");
    if (type === null) {
      throw new TypeError("Parsing a Body as FormData requires a Content-Type header.");
    }
    return internals.formdata.parse(content === null ? NULL_BYTES : await readBytes(content), type);
  }
}

function checked(body) {
  if (!isBody(body)) throw internals.illegalInvocation();
  return contentOf(body);
}

/** The content of a body that is about to be read in full. */
function readable(body) {
  const content = checked(body);
  if (content !== null) checkUnused(content);
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
  isUsed: (content) => content !== null && isUsed(content),
  checkUnused: (content) => {
    if (content !== null) checkUnused(content);
  },
  /** A content for a native body. */
  native: (number) => new Content(NATIVE, number),
  /** A record that `shared` contents are made from; each copy counts as a claim. */
  share: (number) => ({ number, claims: 0 }),
  shared: (record) => {
    record.claims++;
    return new Content(SHARED, record);
  },
  /** Whether the content can be sent more than once. */
  isReplayable: (content) => content === null || content.kind === TEXT || content.kind === BYTES,
  /** Moves a content to another owner; the first one counts as used. */
  transfer(content) {
    if (content === null) return null;
    checkUnused(content);
    const moved = new Content(content.kind, content.source, content.contentType);
    if (content.stream !== null) {
      const source = internals.streams.nativeSource(content.stream);
      if (source instanceof ContentSource) {
        internals.streams.takeNativeSource(content.stream);
        moved.kind = source.content.kind;
        moved.source = source.content.source;
        moved.stream = moved.kind === STREAM ? moved.source : null;
      } else {
        const { readable, writable } = new globalThis.TransformStream();
        content.stream.pipeTo(writable).catch(() => {});
        moved.kind = STREAM;
        moved.source = moved.stream = readable;
      }
    }
    content.used = true;
    return moved;
  },
};
