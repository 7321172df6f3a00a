// The byte controller of readable streams (Streams §4.7, §4.9.5): queue, pull-into descriptors, responding.
//
// Sources are those of readable-default.js. The shells (ReadableByteStreamController, ReadableStreamBYOBRequest) are in byob.js.
const S = internals.streams;
const { CLOSED, LATER, List, READABLE, Readable, bufferDetached, bufferTransfer, promiseReject, promiseResolve } = S;
const { closeReadable, errorReadable, setBytes, settle, typedArrayTag } = S;
const NativeArrayBuffer = ArrayBuffer;
const NativeDataView = DataView;
const NativeRangeError = RangeError;
const NativeTypeError = TypeError;
const NativeUint8Array = Uint8Array;
const { min } = Math;
const sliceBuffer = S.uncurry(NativeArrayBuffer.prototype.slice);

const viewKinds = new Map();
for (const kind of [
  "Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array",
  "BigInt64Array BigUint64Array Float16Array Float32Array Float64Array",
]
  .join(" ")
  .split(" ")) {
  if (globalThis[kind] !== undefined) viewKinds.set(kind, globalThis[kind]);
}
const findKind = viewKinds.get.bind(viewKinds);

// Readers a descriptor can belong to. A descriptor whose reader was released keeps its place for the bytes it holds.
const NO_READER = 0;
const DEFAULT_READER = 1;
const BYOB_READER = 2;

// A piece of memory in the queue.
class Piece {
  constructor(buffer, offset, length) {
    this.buffer = buffer;
    this.offset = offset;
    this.length = length;
    this.next = null;
  }
}

// Memory that waits for bytes: a "pull-into descriptor".
class PullInto {
  constructor(buffer, offset, length, minimum, elementSize, kind, readerType) {
    this.buffer = buffer;
    this.bufferLength = buffer.byteLength;
    this.offset = offset;
    this.length = length;
    this.filled = 0;
    this.minimum = minimum;
    this.elementSize = elementSize;
    this.kind = kind;
    this.readerType = readerType;
    this.next = null;
  }
}

class ByteController {
  constructor(stream, source, highWaterMark, allocate) {
    this.stream = stream;
    this.source = source;
    this.isBytes = true;
    this.queue = new List();
    this.total = 0;
    this.started = false;
    this.closeRequested = false;
    this.pullAgain = false;
    this.pulling = false;
    this.highWaterMark = highWaterMark;
    // autoAllocateChunkSize; 0 for none.
    this.allocate = allocate;
    this.pending = new List();
    // The state of the current ReadableStreamBYOBRequest.
    this.byobRequest = null;
    this.pulled = null;
    this.pullFailed = null;
    this.shell = null;
    stream.controller = this;
  }

  cancelSteps(reason) {
    clearPending(this);
    this.queue.clear();
    this.total = 0;
    const { source } = this;
    this.source = null;
    if (source === null || source.cancel === undefined) return undefined;
    try {
      return promiseResolve(source.cancel(reason));
    } catch (error) {
      return promiseReject(error);
    }
  }

  pullSteps(request) {
    if (this.total > 0) {
      fillRequest(this, request);
      return;
    }
    if (this.allocate !== 0) {
      let buffer;
      try {
        buffer = new NativeArrayBuffer(this.allocate);
      } catch (error) {
        request.error(error);
        return;
      }
      this.pending.push(new PullInto(buffer, 0, this.allocate, 1, 1, NativeUint8Array, DEFAULT_READER));
    }
    this.stream.reader.requests.push(request);
    pullBytes(this);
  }

  releaseSteps() {
    const first = this.pending.clear();
    if (first === null) return;
    first.readerType = NO_READER;
    first.next = null;
    this.pending.push(first);
  }
}

function shouldPull(controller) {
  const { stream } = controller;
  if (stream.state !== READABLE || controller.closeRequested || !controller.started) return false;
  if (stream.reader !== null && stream.reader.requests.head !== null) return true;
  return controller.highWaterMark > controller.total;
}

function pullBytes(controller) {
  const { source } = controller;
  if (source === null || source.pull === undefined || !shouldPull(controller)) return;
  if (controller.pulling) {
    controller.pullAgain = true;
    return;
  }
  controller.pulling = true;
  if (controller.pulled === null) {
    controller.pulled = () => {
      controller.pulling = false;
      if (!controller.pullAgain) return;
      controller.pullAgain = false;
      pullBytes(controller);
    };
    controller.pullFailed = (reason) => errorBytes(controller, reason);
  }
  let result;
  try {
    result = source.pull(controller);
  } catch (error) {
    result = promiseReject(error);
  }
  if (result !== LATER) settle(result, controller.pulled, controller.pullFailed);
}

function invalidateRequest(controller) {
  const request = controller.byobRequest;
  if (request === null) return;
  request.controller = null;
  request.view = null;
  controller.byobRequest = null;
}

function clearPending(controller) {
  invalidateRequest(controller);
  controller.pending.clear();
}

function closeBytes(controller) {
  const { stream } = controller;
  if (controller.closeRequested || stream.state !== READABLE) return;
  if (controller.total > 0) {
    controller.closeRequested = true;
    return;
  }
  const first = controller.pending.head;
  if (first !== null && first.filled % first.elementSize !== 0) {
    const error = new NativeTypeError("This ReadableStream was closed with a partial read pending.");
    errorBytes(controller, error);
    throw error;
  }
  controller.source = null;
  closeReadable(stream);
}

function errorBytes(controller, reason) {
  const { stream } = controller;
  if (stream.state !== READABLE) return;
  clearPending(controller);
  controller.queue.clear();
  controller.total = 0;
  controller.source = null;
  errorReadable(stream, reason);
}

// The finished view of a descriptor, on a buffer that only the reader knows.
function convertPullInto(descriptor) {
  const { kind, offset, filled, elementSize } = descriptor;
  return new kind(bufferTransfer(descriptor.buffer), offset, filled / elementSize);
}

function commit(stream, descriptor) {
  const view = convertPullInto(descriptor);
  const request = stream.reader.requests.shift();
  if (stream.state === CLOSED) request.close(view);
  else request.chunk(view);
}

function commitAll(stream, descriptors) {
  for (let i = 0; i < descriptors.length; i++) commit(stream, descriptors[i]);
}

function enqueuePiece(controller, buffer, offset, length) {
  controller.queue.push(new Piece(buffer, offset, length));
  controller.total += length;
}

function enqueueCopy(controller, buffer, offset, length) {
  let copy;
  try {
    copy = sliceBuffer(buffer, offset, offset + length);
  } catch (error) {
    errorBytes(controller, error);
    throw error;
  }
  enqueuePiece(controller, copy, 0, length);
}

// The bytes of a descriptor whose reader is gone go to the queue.
function enqueueOrphan(controller, descriptor) {
  if (descriptor.filled > 0) enqueueCopy(controller, descriptor.buffer, descriptor.offset, descriptor.filled);
  controller.pending.shift();
}

// The caller has checked that `chunk` is a view that is not empty.
function enqueueBytes(controller, chunk) {
  const { stream } = controller;
  if (controller.closeRequested || stream.state !== READABLE) return;
  const { buffer, byteOffset, byteLength } = chunk;
  if (bufferDetached(buffer)) throw new NativeTypeError("The underlying ArrayBuffer has been detached.");
  const transferred = bufferTransfer(buffer);
  const first = controller.pending.head;
  if (first !== null) {
    if (bufferDetached(first.buffer)) throw new NativeTypeError("The buffer of the pending read has been detached.");
    invalidateRequest(controller);
    first.buffer = bufferTransfer(first.buffer);
    if (first.readerType === NO_READER) enqueueOrphan(controller, first);
  }
  const { reader } = stream;
  if (reader === null) {
    enqueuePiece(controller, transferred, byteOffset, byteLength);
  } else if (reader.byob) {
    enqueuePiece(controller, transferred, byteOffset, byteLength);
    commitAll(stream, fillFromQueue(controller));
  } else {
    while (reader.requests.head !== null && controller.total > 0) fillRequest(controller, reader.requests.shift());
    if (reader.requests.head === null) {
      enqueuePiece(controller, transferred, byteOffset, byteLength);
    } else {
      if (controller.pending.head !== null) controller.pending.shift();
      reader.requests.shift().chunk(new NativeUint8Array(transferred, byteOffset, byteLength));
    }
  }
  pullBytes(controller);
}

// Gives a chunk that nobody else holds: no transfer, and no copy when a default reader waits.
function enqueueOwn(controller, bytes) {
  const { reader } = controller.stream;
  const waits = reader !== null && !reader.byob && reader.requests.head !== null;
  if (waits && controller.total === 0 && controller.pending.head === null) {
    reader.requests.shift().chunk(bytes);
    pullBytes(controller);
  } else {
    enqueueBytes(controller, bytes);
  }
}

// Moves bytes from the queue into a descriptor; true when it has enough.
function fillPullInto(controller, descriptor) {
  const { queue } = controller;
  const maximum = descriptor.filled + min(controller.total, descriptor.length - descriptor.filled);
  const aligned = maximum - (maximum % descriptor.elementSize);
  const ready = aligned >= descriptor.minimum;
  let left = (ready ? aligned : maximum) - descriptor.filled;
  const target = new NativeUint8Array(descriptor.buffer, descriptor.offset, descriptor.length);
  while (left > 0) {
    const piece = queue.head;
    const count = min(left, piece.length);
    setBytes(target, new NativeUint8Array(piece.buffer, piece.offset, count), descriptor.filled);
    if (piece.length === count) {
      queue.shift();
    } else {
      piece.offset += count;
      piece.length -= count;
    }
    controller.total -= count;
    descriptor.filled += count;
    left -= count;
  }
  return ready;
}

// Fills waiting descriptors from the queue; the filled ones leave the list and must be committed by the caller.
function fillFromQueue(controller) {
  const filled = [];
  while (controller.pending.head !== null && controller.total > 0) {
    if (fillPullInto(controller, controller.pending.head)) filled[filled.length] = controller.pending.shift();
  }
  return filled;
}

function handleDrain(controller) {
  if (controller.total === 0 && controller.closeRequested) {
    controller.source = null;
    closeReadable(controller.stream);
  } else {
    pullBytes(controller);
  }
}

function fillRequest(controller, request) {
  const piece = controller.queue.shift();
  controller.total -= piece.length;
  handleDrain(controller);
  request.chunk(new NativeUint8Array(piece.buffer, piece.offset, piece.length));
}

// A BYOB read of at least `minimum` elements.
function pullInto(controller, view, minimum, request) {
  const { stream } = controller;
  let elementSize = 1;
  let kind = NativeDataView;
  const tag = typedArrayTag(view);
  if (tag !== undefined) {
    kind = findKind(tag);
    elementSize = kind.BYTES_PER_ELEMENT;
  }
  const { byteOffset, byteLength } = view;
  let buffer;
  try {
    buffer = bufferTransfer(view.buffer);
  } catch (error) {
    request.error(error);
    return;
  }
  const descriptor = new PullInto(buffer, byteOffset, byteLength, minimum * elementSize, elementSize, kind, BYOB_READER);
  if (controller.pending.head !== null) {
    controller.pending.push(descriptor);
    stream.reader.requests.push(request);
    return;
  }
  if (stream.state === CLOSED) {
    request.close(new kind(buffer, byteOffset, 0));
    return;
  }
  if (controller.total > 0) {
    if (fillPullInto(controller, descriptor)) {
      const filled = convertPullInto(descriptor);
      handleDrain(controller);
      request.chunk(filled);
      return;
    }
    if (controller.closeRequested) {
      const error = new NativeTypeError("This ReadableStream was closed with a partial read pending.");
      errorBytes(controller, error);
      request.error(error);
      return;
    }
  }
  controller.pending.push(descriptor);
  stream.reader.requests.push(request);
  pullBytes(controller);
}

function readInto(reader, view, minimum, request) {
  const { stream } = reader;
  stream.disturbed = true;
  if (stream.state === S.ERRORED) request.error(stream.storedError);
  else pullInto(stream.controller, view, minimum, request);
}

function respondClosed(controller, first) {
  const { stream } = controller;
  if (first.readerType === NO_READER) controller.pending.shift();
  const { reader } = stream;
  if (reader === null || !reader.byob) return;
  const filled = [];
  while (filled.length < reader.requests.size) filled[filled.length] = controller.pending.shift();
  commitAll(stream, filled);
}

function respondReadable(controller, written, descriptor) {
  const { stream } = controller;
  descriptor.filled += written;
  if (descriptor.readerType === NO_READER) {
    enqueueOrphan(controller, descriptor);
    commitAll(stream, fillFromQueue(controller));
    return;
  }
  // Not enough yet: the descriptor stays first, and the source goes on filling it.
  if (descriptor.filled < descriptor.minimum) return;
  controller.pending.shift();
  const rest = descriptor.filled % descriptor.elementSize;
  if (rest > 0) {
    const end = descriptor.offset + descriptor.filled;
    enqueueCopy(controller, descriptor.buffer, end - rest, rest);
  }
  descriptor.filled -= rest;
  const filled = fillFromQueue(controller);
  commit(stream, descriptor);
  commitAll(stream, filled);
}

function respondInternal(controller, written) {
  const first = controller.pending.head;
  invalidateRequest(controller);
  if (controller.stream.state === CLOSED) respondClosed(controller, first);
  else respondReadable(controller, written, first);
  pullBytes(controller);
}

function respond(controller, written) {
  const first = controller.pending.head;
  if (controller.stream.state === CLOSED) {
    if (written !== 0) throw new NativeTypeError("The bytesWritten must be zero after the stream is closed.");
  } else {
    if (written === 0) throw new NativeTypeError("The bytesWritten must be more than zero while the stream is open.");
    if (first.filled + written > first.length) throw new NativeRangeError("Too many bytes written: the view is smaller.");
  }
  first.buffer = bufferTransfer(first.buffer);
  respondInternal(controller, written);
}

function respondWithView(controller, view) {
  const first = controller.pending.head;
  const { buffer, byteOffset, byteLength } = view;
  if (controller.stream.state === CLOSED) {
    if (byteLength !== 0) throw new NativeTypeError("The view byte length must be zero after the stream is closed.");
  } else if (byteLength === 0) {
    throw new NativeTypeError("The view byte length must be more than zero while the stream is open.");
  }
  if (first.offset + first.filled !== byteOffset) throw new NativeRangeError("The view has an invalid byte offset.");
  if (first.bufferLength !== buffer.byteLength) {
    throw new NativeRangeError("The underlying ArrayBuffer is not the correct length.");
  }
  if (first.filled + byteLength > first.length) throw new NativeRangeError("The view is too long.");
  first.buffer = bufferTransfer(buffer);
  respondInternal(controller, byteLength);
}

function startBytes(controller, started) {
  settle(
    started,
    () => {
      controller.started = true;
      pullBytes(controller);
    },
    (reason) => errorBytes(controller, reason),
  );
}

// A byte stream for our own use; `started` says that it may pull from the first read on.
function createByteReadable(source, highWaterMark = 0, started = false) {
  const stream = new Readable();
  const controller = new ByteController(stream, source, highWaterMark, 0);
  if (started) controller.started = true;
  else startBytes(controller, undefined);
  return stream;
}

S.detachStates(ByteController, Piece, PullInto);
Object.assign(S, {
  ByteController,
  DEFAULT_READER,
  PullInto,
  closeBytes,
  createByteReadable,
  enqueueBytes,
  enqueueOwn,
  errorBytes,
  pullBytes,
  readInto,
  respond,
  respondWithView,
  startBytes,
});
