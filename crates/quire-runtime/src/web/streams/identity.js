// IdentityTransformStream and FixedLengthStream, which only the Workers runtime has: bytes in, the same bytes out, with nothing
// kept in between. A write ends when a reader has taken its bytes.
const S = internals.streams;
const { LATER, RESOLVED, SECRET, TransformStream, closeBytes, createByteReadable, createWritable, dictionary, enqueueOwn } = S;
const { enforceRange, errorBytes, errorWritable, respond, setBytes, then, viewBytes } = S;
const NativeError = Error;
const NativeTypeError = TypeError;
const NativeUint8Array = Uint8Array;
const { min, trunc } = Math;
const { MAX_SAFE_INTEGER } = Number;

// Sink and source of the two sides. `limit` is the number of bytes a FixedLengthStream still expects, or null.
class Identity {
  constructor(mark, limit) {
    internals.requireRequest();
    this.owner = internals.currentRequest();
    this.limit = limit;
    // What a reader has not taken yet of the chunk that is being written.
    this.rest = null;
    this.pullWaits = false;
    // What the writable side will fail with.
    this.failed = false;
    this.failure = undefined;
    this.readable = createByteReadable(this, 0, true);
    this.readable.length = limit;
    this.readable.countsDown = true;
    this.writable = createWritable(this, mark ?? 1, mark === undefined ? undefined : byteLengthOf);
    this.writable.controller.convert = bytesOf;
  }

  write(bytes) {
    internals.requireOwner(this.owner, "Writable");
    if (this.failed) throw this.failure;
    if (bytes.byteLength === 0) return undefined;
    this.rest = bytes;
    if (this.pullWaits) {
      this.give();
      if (!this.pullWaits) then(RESOLVED, this.readable.controller.pulled);
    }
    return this.rest === null ? undefined : LATER;
  }

  pull(controller) {
    internals.requireOwner(this.owner, "ReadableStreamSource");
    if (this.rest === null) {
      this.pullWaits = true;
      return LATER;
    }
    this.give();
    if (this.rest === null) then(RESOLVED, this.writable.controller.written);
    return undefined;
  }

  // Hands bytes to the reader that waits.
  give() {
    const { rest } = this;
    const { controller } = this.readable;
    this.pullWaits = false;
    const first = controller.pending.head;
    const count = first === null ? rest.byteLength : min(rest.byteLength, first.length - first.filled);
    if (this.limit !== null) {
      if (count > this.limit) {
        this.rest = null;
        this.failed = true;
        this.failure = new NativeTypeError("Attempt to write too many bytes through a FixedLengthStream.");
        errorBytes(controller, this.failure);
        return;
      }
      this.limit -= count;
      this.readable.length = this.limit;
    }
    const part = new NativeUint8Array(rest.buffer, rest.byteOffset, count);
    this.rest =
      count === rest.byteLength ? null : new NativeUint8Array(rest.buffer, rest.byteOffset + count, rest.byteLength - count);
    if (first === null) {
      enqueueOwn(controller, S.copyBytes(part));
    } else {
      setBytes(new NativeUint8Array(first.buffer, first.offset + first.filled, count), part);
      respond(controller, count);
    }
  }

  close() {
    if (this.failed) throw this.failure;
    const { controller } = this.readable;
    if (this.limit !== null && this.limit > 0) {
      errorBytes(controller, new NativeTypeError("FixedLengthStream did not see all expected bytes before close()."));
      return;
    }
    try {
      closeBytes(controller);
    } catch {
      // Half an element was left over: the readable side is errored now.
      return;
    }
    if (controller.pending.head !== null) respond(controller, 0);
  }

  abort(reason) {
    errorBytes(this.readable.controller, reason === undefined ? new NativeError("Stream was aborted.") : reason);
  }

  cancel(reason) {
    const error = reason === undefined ? new NativeError("Stream was cancelled.") : reason;
    const { controller } = this.writable;
    const writing = this.rest !== null;
    this.rest = null;
    this.failed = true;
    this.failure = error;
    errorWritable(controller, error);
    if (writing) controller.writeFailed(error);
  }
}

const byteLengthOf = (bytes) => bytes.byteLength;

function bytesOf(chunk) {
  const bytes = typeof chunk === "string" ? internals.encoding.encodeUtf8(chunk) : viewBytes(chunk);
  if (bytes === null) throw new NativeTypeError(S.NOT_BYTES);
  return bytes;
}

function markFrom(strategy) {
  const members = dictionary(strategy, "The queuing strategy");
  const mark = members === undefined ? undefined : members.highWaterMark;
  return mark === undefined ? undefined : enforceRange(mark, "The highWaterMark");
}

function lengthFrom(value) {
  if (value === undefined) {
    throw new NativeTypeError("Failed to construct 'FixedLengthStream': constructor parameter 1 is not of type 'bigint'.");
  }
  const length = typeof value === "bigint" ? Number(value) : trunc(+value);
  if (length !== length) throw new NativeTypeError("The value cannot be converted because it is not an integer.");
  if (length < 0) {
    throw new NativeTypeError(
      "The value cannot be converted because it is negative and this API expects a positive bigint.",
    );
  }
  if (length > MAX_SAFE_INTEGER) {
    throw new NativeTypeError("FixedLengthStream requires an integer expected length less than 2^53.");
  }
  return length;
}

class IdentityTransformStream extends TransformStream {
  constructor(strategy = {}) {
    super(SECRET, strategy === SECRET ? arguments[1] : new Identity(markFrom(strategy), null));
  }
}

class FixedLengthStream extends IdentityTransformStream {
  constructor(expectedLength, strategy = {}) {
    const length = lengthFrom(expectedLength);
    const mark = markFrom(strategy);
    super(SECRET, new Identity(mark === undefined ? undefined : min(mark, length), length));
  }
}

S.detachStates(Identity);
internals.defineClass(IdentityTransformStream, "IdentityTransformStream");
internals.defineClass(FixedLengthStream, "FixedLengthStream");
internals.expose("IdentityTransformStream", IdentityTransformStream);
internals.expose("FixedLengthStream", FixedLengthStream);
