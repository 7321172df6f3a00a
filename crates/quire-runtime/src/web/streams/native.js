// Streams backed by the runtime itself, and what the rest of the runtime does with any readable stream.
//
// internals.streams, for other files (every `stream` here is a ReadableStream object of a program, not a state):
//   createNativeReadable(source, length = null) -> ReadableStream
//       A byte stream (BYOB works) of source = {
//         pull(maxBytes) -> Promise<Uint8Array | null>   bytes that nobody else holds, at most maxBytes; null at the end. Without
//                                                        the promise if they are there already
//         cancel(reason)                                 nobody will read on; its result is waited for if it is a promise
//         readAll() -> Promise<Uint8Array>               optional: everything at once, instead of pull()
//       }. Nothing happens before the first read. `length` is the number of bytes, if known (see fixedLength).
//   createPullReadable(source, length = null) -> ReadableStream     the same for sources written in JavaScript: nativeSource()
//       does not give them away
//   nativeSource(stream) -> source | null      the source of a native stream that nobody has locked, read, cancelled or teed
//   takeNativeSource(stream) -> source | null  the same, and the stream is locked and disturbed from now on
//   isReadableStream(value), isWritableStream(value), isDisturbed(stream), isLocked(stream) -> boolean
//   readAllBytes(stream, convert) -> Promise<Uint8Array>   rejects with a TypeError for chunks that are not bytes; of what
//       `convert(bytes)` gives if there is that
//   tee(stream, clone = false) -> [ReadableStream, ReadableStream]   `clone`: the second one gets clones of the chunks
//   fixedLength(stream) -> number | null       how many bytes the stream will give, where that is known
//   getChunkReader(stream) -> { read() -> Promise<{ done, value: Uint8Array | undefined }>, cancel(reason), release() }
//       for the native pump of a body; string chunks come as UTF-8
// States, for files that make streams of their own: createReadable, createByteReadable, createWritable, createTransform (see
// readable-default.js, readable-byte.js, writable-state.js, transform.js), readableShell(state), writableShell(state).
const S = internals.streams;
const { ByteController, CLOSED, ERRORED, LATER, READABLE, Readable, Reader, acquireReader, cancelReadable, closeBytes } = S;
const { RESOLVED, copyBytes, enqueueOwn, joinBytes, promiseReject, promiseResolve, pullBytes, readChunk, releaseReader } = S;
const { respond, setBytes, then, viewBytes, withResolvers } = S;
const NativeTypeError = TypeError;
const NativeUint8Array = Uint8Array;
const { min } = Math;

// How much one read of a native stream may give.
const CHUNK = 65536;

// Asks a source for bytes. Those that are there pass no promise: nothing a program does to `then` gets hold of them.
function pullFrom(source, wanted, deliver, failed) {
  const bytes = source.pull(wanted);
  if (bytes === null || viewBytes(bytes) !== null) then(RESOLVED, () => deliver(bytes));
  else then(bytes, deliver, failed);
}

// The source of the controller of a native stream.
class NativePull {
  constructor(source) {
    this.source = source;
    this.controller = null;
    this.deliver = (bytes) => {
      const { controller } = this;
      if (controller.stream.state === READABLE) {
        if (bytes === null || bytes === undefined) end(controller);
        else give(controller, bytes);
      }
      controller.pulled();
    };
  }

  pull(controller) {
    const first = controller.pending.head;
    const wanted = first === null ? CHUNK : first.length - first.filled;
    this.controller = controller;
    pullFrom(this.source, wanted, this.deliver, controller.pullFailed);
    return LATER;
  }

  cancel(reason) {
    return this.source.cancel(reason);
  }
}

function end(controller) {
  try {
    closeBytes(controller);
  } catch {
    // Half an element was left over: the stream is errored now.
    return;
  }
  if (controller.pending.head !== null) respond(controller, 0);
}

function give(controller, bytes) {
  if (bytes.byteLength === 0) {
    controller.pullAgain = true;
    return;
  }
  const first = controller.pending.head;
  if (first === null || controller.total > 0 || bytes.byteLength > first.length - first.filled) {
    enqueueOwn(controller, bytes);
    return;
  }
  // Into the reader's own memory.
  const space = new NativeUint8Array(first.buffer, first.offset + first.filled, bytes.byteLength);
  setBytes(space, bytes);
  respond(controller, bytes.byteLength);
}

// Gives a native stream the controller it has done without so far.
function startNative(stream) {
  const source = stream.native;
  stream.native = null;
  new ByteController(stream, new NativePull(source), 0, 0).started = true;
}

function nativeState(source, length, bypass) {
  const stream = new Readable();
  stream.native = source;
  stream.bypass = bypass;
  stream.length = length;
  return stream;
}

function stateOf(stream) {
  const state = S.readableOf(stream);
  if (state === undefined) throw new NativeTypeError("This is not a ReadableStream.");
  return state;
}

function nativeSource(shell) {
  const stream = stateOf(shell);
  if (!stream.bypass || stream.reader !== null || stream.disturbed || stream.state !== READABLE) return null;
  return stream.native;
}

// Takes the source off the state; the stream stays locked for ever.
function take(stream) {
  const source = stream.native;
  stream.native = null;
  stream.disturbed = true;
  stream.controller = new ByteController(stream, null, 0, 0);
  stream.reader = new Reader(stream, false);
  return source;
}

function takeNativeSource(shell) {
  const source = nativeSource(shell);
  if (source !== null) take(stateOf(shell));
  return source;
}

// Closes a stream whose source was taken, when the source has given everything.
function finish(stream) {
  if (stream.state === READABLE) S.closeReadable(stream);
}

const asTheyAre = (bytes) => bytes;

const notBytes = () => new NativeTypeError("This ReadableStream did not return bytes.");

// Reads everything a source has, past the machinery of streams.
class SourceCollector {
  constructor(stream, source, convert) {
    this.stream = stream;
    this.source = source;
    this.convert = convert;
    this.chunks = [];
    this.total = 0;
    this.parts = withResolvers();
    this.take = (bytes) => {
      if (bytes === null || bytes === undefined) {
        finish(this.stream);
        this.parts.resolve(this.convert(joinBytes(this.chunks, this.total)));
        return;
      }
      if (bytes.byteLength > 0) {
        this.chunks[this.chunks.length] = bytes;
        this.total += bytes.byteLength;
      }
      this.pull();
    };
    this.fail = (reason) => {
      if (this.stream.state === READABLE) S.errorReadable(this.stream, reason);
      this.parts.reject(reason);
    };
  }

  pull() {
    pullFrom(this.source, CHUNK, this.take, this.fail);
  }
}

function collectSource(stream, convert) {
  const source = take(stream);
  const collector = new SourceCollector(stream, source, convert);
  if (source.readAll === undefined) {
    collector.pull();
    return collector.parts.promise;
  }
  const all = (bytes) => {
    finish(stream);
    collector.parts.resolve(convert(bytes));
  };
  then(source.readAll(), all, collector.fail);
  return collector.parts.promise;
}

// A read request that reads on until the end.
class Collector {
  constructor(reader, owned, convert) {
    this.next = null;
    this.reader = reader;
    this.owned = owned;
    this.convert = convert;
    this.chunks = [];
    this.total = 0;
    this.running = false;
    this.more = false;
    this.parts = withResolvers();
  }

  // A loop, not a recursion: the chunks of a long queue all come at once.
  run() {
    this.running = true;
    do {
      this.more = false;
      readChunk(this.reader, this);
    } while (this.more);
    this.running = false;
  }

  chunk(value) {
    const bytes = viewBytes(value);
    if (bytes === null) {
      const error = notBytes();
      this.parts.reject(error);
      then(cancelReadable(this.reader.stream, error), undefined, S.noop);
      return;
    }
    if (bytes.byteLength > 0) {
      this.chunks[this.chunks.length] = bytes;
      this.total += bytes.byteLength;
    }
    if (this.running) this.more = true;
    else this.run();
  }

  close() {
    const { chunks, total } = this;
    let all = joinBytes(chunks, total);
    // The chunks of a default stream belong to the program.
    if (chunks.length === 1 && !this.owned) all = copyBytes(all);
    this.parts.resolve(this.convert(all));
  }

  error(reason) {
    this.parts.reject(reason);
  }
}

// `convert` makes of the bytes what is wanted, before they pass a promise.
function readAllBytes(shell, convert = asTheyAre) {
  const stream = stateOf(shell);
  if (stream.native !== null && stream.reader === null && stream.state === READABLE) return collectSource(stream, convert);
  let reader;
  try {
    reader = acquireReader(stream, false);
  } catch (error) {
    return promiseReject(error);
  }
  const collector = new Collector(reader, stream.controller.isBytes, convert);
  collector.run();
  return collector.parts.promise;
}

// The bytes of a chunk that a program gave as part of a body.
function bodyChunk(value) {
  if (typeof value === "string") return internals.encoding.encodeUtf8(value);
  return viewBytes(value);
}

class ChunkRequest {
  constructor(reader, parts) {
    this.next = null;
    this.reader = reader;
    this.parts = parts;
  }

  chunk(value) {
    const bytes = bodyChunk(value);
    if (bytes !== null) {
      this.parts.resolve({ done: false, value: bytes });
      return;
    }
    const error = new NativeTypeError(S.NOT_BYTES);
    this.parts.reject(error);
    if (this.reader.stream !== null) then(cancelReadable(this.reader.stream, error), undefined, S.noop);
  }

  close() {
    this.parts.resolve({ done: true, value: undefined });
  }

  error(reason) {
    this.parts.reject(reason);
  }
}

class ChunkReader {
  constructor(stream) {
    this.reader = acquireReader(stream, false);
  }

  read() {
    const parts = withResolvers();
    readChunk(this.reader, new ChunkRequest(this.reader, parts));
    return parts.promise;
  }

  // Callers may ignore the promise.
  cancel(reason) {
    if (this.reader.stream === null) return promiseResolve(undefined);
    const cancelled = cancelReadable(this.reader.stream, reason);
    then(cancelled, undefined, S.noop);
    return cancelled;
  }

  release() {
    if (this.reader.stream !== null) releaseReader(this.reader);
  }
}

// A source of bytes that are in memory, given in pieces that the reader may keep.
class MemorySource {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  pull(maximum) {
    const { bytes, at } = this;
    if (at >= bytes.byteLength) return promiseResolve(null);
    const count = min(maximum, bytes.byteLength - at);
    this.at = at + count;
    return promiseResolve(copyBytes(new NativeUint8Array(bytes.buffer, bytes.byteOffset + at, count)));
  }

  readAll() {
    return promiseResolve(copyBytes(this.bytes));
  }

  cancel() {
    this.bytes = new NativeUint8Array(0);
    this.at = 0;
  }
}

S.detachStates(NativePull, SourceCollector, Collector, ChunkRequest, MemorySource);
Object.assign(S, {
  CHUNK,
  createMemoryReadable: (bytes) => S.readableShell(nativeState(new MemorySource(bytes), bytes.byteLength, false)),
  createNativeReadable: (source, length = null) => S.readableShell(nativeState(source, length, true)),
  createPullReadable: (source, length = null) => S.readableShell(nativeState(source, length, false)),
  fixedLength: (shell) => {
    const stream = stateOf(shell);
    return stream.disturbed && !stream.countsDown ? null : stream.length;
  },
  getChunkReader: (shell) => new ChunkReader(stateOf(shell)),
  isDisturbed: (shell) => stateOf(shell).disturbed,
  isErrored: (shell) => stateOf(shell).state === ERRORED,
  isClosed: (shell) => stateOf(shell).state === CLOSED,
  isLocked: (shell) => stateOf(shell).reader !== null,
  isReadableStream: (value) => S.readableOf(value) !== undefined,
  isWritableStream: (value) => S.writableOf(value) !== undefined,
  nativeSource,
  pullBytes,
  readAllBytes,
  startNative,
  takeNativeSource,
  tee: (shell, clone = false) => {
    const [first, second] = S.teeReadable(stateOf(shell), clone);
    return [S.readableShell(first), S.readableShell(second)];
  },
});
