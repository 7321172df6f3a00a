// CompressionStream and DecompressionStream (https://compression.spec.whatwg.org/). As in the Workers runtime they are
// TransformStreams whose readable side is one of bytes, and a write never waits for a reader; but whoever asks
// (writer.ready, pipes) is told to wait while much output has not been read.
const S = internals.streams;
const { NOT_BYTES, SECRET, TransformStream, closeBytes, closing, createByteReadable, createWritable, enqueueOwn } = S;
const { bufferLength, errorBytes, errorWritable, respond, updateBackpressure, viewBytes, writableStates } = S;
const NativeError = Error;
const NativeTypeError = TypeError;
const NativeUint8Array = Uint8Array;

// Above this many unread bytes the writable side asks to wait.
const UNREAD_MAX = 65536;
const NOTHING = new NativeUint8Array(0);

class Coding {
  constructor(process) {
    this.process = process;
    this.readable = createByteReadable(this, UNREAD_MAX, true);
    this.writable = createWritable(this, 1, undefined);
  }

  write(chunk) {
    const { controller } = this.readable;
    try {
      this.#give(this.process(bytesOf(chunk), false));
    } catch (error) {
      errorBytes(controller, error);
      throw error;
    }
    this.writable.controller.highWaterMark = controller.total < UNREAD_MAX ? 1 : 0;
  }

  close() {
    const { controller } = this.readable;
    try {
      this.#give(this.process(NOTHING, true));
      closeBytes(controller);
    } catch (error) {
      errorBytes(controller, error);
      throw error;
    } finally {
      this.process = null;
    }
    if (controller.pending.head !== null) respond(controller, 0);
  }

  abort(reason) {
    this.process = null;
    errorBytes(this.readable.controller, reason);
  }

  pull() {
    const { writable } = this;
    const { controller } = writable;
    if (controller.highWaterMark === 1) return;
    controller.highWaterMark = 1;
    if (writable.state === writableStates.WRITABLE && !closing(writable)) updateBackpressure(writable, controller.total >= 1);
  }

  cancel(reason) {
    this.process = null;
    errorWritable(this.writable.controller, reason === undefined ? new NativeError("Stream was cancelled.") : reason);
  }

  #give(bytes) {
    if (bytes.byteLength > 0) enqueueOwn(this.readable.controller, bytes);
  }
}

// Memory that other threads may write to meanwhile is refused.
function bytesOf(chunk) {
  const bytes = viewBytes(chunk);
  try {
    bufferLength(bytes.buffer);
    return bytes;
  } catch {
    throw new NativeTypeError(NOT_BYTES);
  }
}

function start(className, args, decompress) {
  if (args.length === 0) throw new NativeTypeError(`Failed to construct '${className}': the format is missing`);
  return new Coding(ops.compression_codec(`${args[0]}`, decompress));
}

class CompressionStream extends TransformStream {
  constructor(format) {
    super(SECRET, start("CompressionStream", arguments, false));
  }
}

class DecompressionStream extends TransformStream {
  constructor(format) {
    super(SECRET, start("DecompressionStream", arguments, true));
  }
}

S.detachStates(Coding);
internals.defineClass(CompressionStream, "CompressionStream");
internals.defineClass(DecompressionStream, "DecompressionStream");
internals.expose("CompressionStream", CompressionStream);
internals.expose("DecompressionStream", DecompressionStream);
