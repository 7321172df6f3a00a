// What all streams of node:zlib share: a Transform over a native codec.
const { ERR_BUFFER_TOO_LARGE, ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_ZLIB_INITIALIZATION_FAILED, define } = require("internal/errors");
const { Transform, finished } = require("stream");
const { Buffer, kMaxLength } = require("buffer");
const process = require("process");
const { constants } = require("internal/zlib/constants");

const ERR_BROTLI_INVALID_PARAM = define("ERR_BROTLI_INVALID_PARAM", (key) => `${key} is not a valid Brotli parameter`, RangeError);
const ERR_ZSTD_INVALID_PARAM = define("ERR_ZSTD_INVALID_PARAM", (key) => `${key} is not a valid zstd parameter`, RangeError);

const kFlushFlag = Symbol("kFlushFlag");
const tooLarge = (most) => new ERR_BUFFER_TOO_LARGE(most);

/** The error of a native codec: its number, code and text are in the message, a line each. */
function errorOf(thrown, outputMax) {
  const [number, code, message] = String(thrown?.message).split("\n");
  if (code === "ERR_BUFFER_TOO_LARGE") return tooLarge(outputMax);
  if (message === undefined) return thrown;
  const error = new Error(message);
  error.code = code;
  error.errno = Number(number);
  return error;
}

function isFinite(value, name) {
  if (value === undefined || Number.isNaN(value)) return false;
  if (Number.isFinite(value)) return true;
  if (typeof value !== "number") throw new ERR_INVALID_ARG_TYPE(name, "number", value);
  throw new ERR_OUT_OF_RANGE(name, "a finite number", value);
}

/** A number within bounds, or what counts if none is given. */
function bounded(value, name, min, max, otherwise) {
  if (!isFinite(value, name)) return otherwise;
  if (value < min || value > max) throw new ERR_OUT_OF_RANGE(name, `>= ${min} and <= ${max}`, value);
  return value;
}

/** Brotli and Zstandard number the kinds of flushing as operations, of which the strongest comes last. */
const hasOperations = (mode) => mode >= constants.BROTLI_DECODE;
const isBrotli = (mode) => mode === constants.BROTLI_DECODE || mode === constants.BROTLI_ENCODE;

// How much comes out, from nothing to all.
const strengths = [constants.Z_NO_FLUSH, constants.Z_BLOCK, constants.Z_PARTIAL_FLUSH, constants.Z_SYNC_FLUSH, constants.Z_FULL_FLUSH, constants.Z_FINISH];
const stronger = (one, other) => (strengths.indexOf(one) > strengths.indexOf(other) ? one : other);

/** The options that streams and the functions that do it at once have in common. */
function commonOptions(options, mode) {
  const flushMax = isBrotli(mode) ? constants.BROTLI_OPERATION_EMIT_METADATA : hasOperations(mode) ? constants.ZSTD_e_end : constants.Z_BLOCK;
  let chunkSize = constants.Z_DEFAULT_CHUNK;
  if (isFinite(options?.chunkSize, "options.chunkSize")) {
    chunkSize = options.chunkSize;
    if (chunkSize < constants.Z_MIN_CHUNK) throw new ERR_OUT_OF_RANGE("options.chunkSize", `>= ${constants.Z_MIN_CHUNK}`, chunkSize);
  }
  const flush = bounded(options?.flush, "options.flush", 0, flushMax, 0);
  const finishFlush = bounded(
    options?.finishFlush,
    "options.finishFlush",
    0,
    flushMax,
    hasOperations(mode) ? constants.BROTLI_OPERATION_FINISH : constants.Z_FINISH,
  );
  const maxOutputLength = bounded(options?.maxOutputLength, "options.maxOutputLength", 1, kMaxLength, kMaxLength);
  return { chunkSize, flush, finishFlush, maxOutputLength };
}

function dictionaryOf(given) {
  if (given === undefined || ArrayBuffer.isView(given)) return given;
  if (given instanceof ArrayBuffer) return new Uint8Array(given);
  throw new ERR_INVALID_ARG_TYPE("options.dictionary", ["Buffer", "TypedArray", "DataView", "ArrayBuffer"], given);
}

/** What a codec of zlib's own formats is made with, for `ops.zlib_codec`. */
function zlibSettings(options, mode) {
  const reads = mode === constants.INFLATE || mode === constants.GUNZIP || mode === constants.UNZIP;
  let windowBits = constants.Z_DEFAULT_WINDOWBITS;
  if (reads && (options?.windowBits == null || options.windowBits === 0)) {
    // As the data says.
    windowBits = 0;
  } else {
    const min = constants.Z_MIN_WINDOWBITS + (mode === constants.GZIP ? 1 : 0);
    windowBits = bounded(options?.windowBits, "options.windowBits", min, constants.Z_MAX_WINDOWBITS, windowBits);
  }
  const level = bounded(options?.level, "options.level", constants.Z_MIN_LEVEL, constants.Z_MAX_LEVEL, constants.Z_DEFAULT_COMPRESSION);
  bounded(options?.memLevel, "options.memLevel", constants.Z_MIN_MEMLEVEL, constants.Z_MAX_MEMLEVEL, constants.Z_DEFAULT_MEMLEVEL);
  bounded(options?.strategy, "options.strategy", constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_DEFAULT_STRATEGY);
  return [mode, level, windowBits, 0, 0, dictionaryOf(options?.dictionary)];
}

const BROTLI_PARAM_MAX = constants.BROTLI_PARAM_NDIRECT;

function brotliSettings(options, mode) {
  const parameters = options?.params ?? {};
  for (const key of Object.keys(parameters)) {
    const number = Number(key);
    if (Number.isNaN(number) || number < 0 || number > BROTLI_PARAM_MAX) {
      throw new ERR_BROTLI_INVALID_PARAM(key);
    }
    const value = parameters[key];
    if (typeof value !== "number" && typeof value !== "boolean") {
      throw new ERR_INVALID_ARG_TYPE("options.params[key]", "number", value);
    }
  }
  const value = (key, otherwise) => Number(parameters[key] ?? otherwise);
  const quality = value(constants.BROTLI_PARAM_QUALITY, constants.BROTLI_DEFAULT_QUALITY);
  const window = value(constants.BROTLI_PARAM_LGWIN, constants.BROTLI_DEFAULT_WINDOW);
  const windowMax = parameters[constants.BROTLI_PARAM_LARGE_WINDOW] ? constants.BROTLI_LARGE_MAX_WINDOW_BITS : constants.BROTLI_MAX_WINDOW_BITS;
  if (
    mode === constants.BROTLI_ENCODE &&
    !(quality >= 0 && quality <= constants.BROTLI_MAX_QUALITY && window >= constants.BROTLI_MIN_WINDOW_BITS && window <= windowMax)
  ) {
    throw new ERR_ZLIB_INITIALIZATION_FAILED();
  }
  return [mode, quality, window, value(constants.BROTLI_PARAM_MODE, 0), value(constants.BROTLI_PARAM_SIZE_HINT, 0), undefined];
}

const ZSTD_PARAM_MAX = { [constants.ZSTD_ENCODE]: constants.ZSTD_c_overlapLog, [constants.ZSTD_DECODE]: constants.ZSTD_d_windowLogMax };

function zstdSettings(options, mode) {
  const parameters = [];
  for (const [key, value] of Object.entries(options?.params ?? {})) {
    const number = Number(key);
    if (!(number >= 0 && number <= ZSTD_PARAM_MAX[mode])) throw new ERR_ZSTD_INVALID_PARAM(key);
    if (typeof value !== "number" && typeof value !== "boolean") throw new ERR_INVALID_ARG_TYPE("options.params[key]", "number", value);
    parameters.push(number, Number(value));
  }
  return [mode, 0, 0, 0, 0, dictionaryOf(options?.dictionary), Int32Array.from(parameters), options?.pledgedSrcSize];
}

function settingsOf(options, mode) {
  if (isBrotli(mode)) return brotliSettings(options, mode);
  return hasOperations(mode) ? zstdSettings(options, mode) : zlibSettings(options, mode);
}

function ZlibBase(given, mode) {
  const { chunkSize, flush, finishFlush, maxOutputLength } = commonOptions(given, mode);
  const settings = settingsOf(given, mode);
  let options = given;
  if (given && (given.encoding || given.objectMode || given.writableObjectMode)) {
    options = { ...given, encoding: null, objectMode: false, writableObjectMode: false };
  }
  Transform.call(this, { autoDestroy: true, ...options });
  this._handle = ops.zlib_codec(...settings);
  this._state = new Uint32Array(3);
  this._mode = mode;
  this._level = settings[1];
  this._strategy = given?.strategy ?? constants.Z_DEFAULT_STRATEGY;
  this.bytesWritten = 0;
  this._chunkSize = chunkSize;
  this._defaultFlushFlag = flush;
  this._finishFlushFlag = finishFlush;
  this._defaultFullFlushFlag = hasOperations(mode) ? constants.BROTLI_OPERATION_FLUSH : constants.Z_FULL_FLUSH;
  this._maxOutputLength = maxOutputLength;
  this._info = Boolean(given?.info);
}
Object.setPrototypeOf(ZlibBase.prototype, Transform.prototype);
Object.setPrototypeOf(ZlibBase, Transform);

Object.defineProperty(ZlibBase.prototype, "_closed", {
  configurable: true,
  enumerable: true,
  get() {
    return this._handle === null;
  },
});
Object.defineProperty(ZlibBase.prototype, "bytesRead", {
  configurable: true,
  enumerable: true,
  get() {
    return this.bytesWritten;
  },
  set(value) {
    this.bytesWritten = value;
  },
});

ZlibBase.prototype.reset = function reset() {
  if (this._handle === null) throw new (require("assert").AssertionError)({ message: "zlib binding closed" });
  this._handle();
};

/** Changes the level for what follows; what came before is written out as it was asked for. */
ZlibBase.prototype.params = function params(level, strategy, callback) {
  bounded(level, "level", constants.Z_MIN_LEVEL, constants.Z_MAX_LEVEL);
  bounded(strategy, "strategy", constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED);
  if (this._level === level && this._strategy === strategy) {
    process.nextTick(callback);
    return;
  }
  this.flush(constants.Z_SYNC_FLUSH, () => {
    if (this._handle === null) return;
    try {
      this._handle(level);
    } catch {
      // flate2 refuses once data has passed; the old level costs size, nothing else.
    }
    this._level = level;
    this._strategy = strategy;
    if (callback) callback();
  });
};

ZlibBase.prototype._flush = function _flush(callback) {
  this._transform(flushMarker(this._finishFlushFlag), "", callback);
};

// The end comes by `_flush`, before which nothing is to be done.
ZlibBase.prototype._final = function _final(callback) {
  callback();
};

/** An empty chunk that stands for a flush in the order of writes. */
function flushMarker(flag) {
  const marker = Buffer.alloc(0);
  marker[kFlushFlag] = flag;
  return marker;
}

ZlibBase.prototype.flush = function flush(given, givenCallback) {
  let kind = given;
  let callback = givenCallback;
  if (typeof kind === "function" || (kind === undefined && !callback)) {
    callback = kind;
    kind = this._defaultFullFlushFlag;
  }
  if (this.writableFinished) {
    if (callback) process.nextTick(callback);
  } else if (this.writableEnded) {
    if (callback) this.once("end", callback);
  } else {
    this.write(flushMarker(kind), "", callback);
  }
};

ZlibBase.prototype.close = function close(callback) {
  if (callback) finished(this, callback);
  this.destroy();
};

ZlibBase.prototype._destroy = function _destroy(error, callback) {
  this._handle = null;
  callback(error);
};

ZlibBase.prototype._transform = function _transform(chunk, encoding, callback) {
  let flag = this._defaultFlushFlag;
  if (typeof chunk[kFlushFlag] === "number") flag = chunk[kFlushFlag];
  else if (this.writableEnded && this.writableLength === chunk.byteLength) {
    // The last one needs no second call for the end.
    flag = hasOperations(this._mode) ? Math.max(flag, this._finishFlushFlag) : stronger(flag, this._finishFlushFlag);
  }
  this._processChunk(chunk, flag, callback);
};

ZlibBase.prototype._processChunk = function _processChunk(chunk, flag, callback) {
  if (typeof callback !== "function") return processNow(this, chunk, flag);
  processLater(this, chunk, 0, flag, callback);
  return undefined;
};

/** One piece after the other, as long as there is someone to take them. */
function processLater(stream, chunk, start, flag, callback) {
  let offset = start;
  for (;;) {
    if (stream._handle === null) {
      process.nextTick(callback);
      return;
    }
    let output;
    try {
      output = stream._handle(chunk, offset, flag, stream._chunkSize, stream._state);
    } catch (thrown) {
      stream.destroy(errorOf(thrown, stream._maxOutputLength));
      return;
    }
    const [consumed, more, ended] = stream._state;
    offset += consumed;
    stream.bytesWritten += consumed;
    const isRoom = output.length === 0 || stream.push(Buffer.from(output.buffer, output.byteOffset, output.byteLength));
    // Whoever listened may have ended it.
    if (stream.destroyed) {
      stream._handle = null;
      return;
    }
    if (more && !isRoom) {
      const read = stream._read;
      stream._read = (size) => {
        stream._read = read;
        processLater(stream, chunk, offset, flag, callback);
        stream._read(size);
      };
      return;
    }
    if (!more) {
      // The data has ended and the input has not.
      if (ended && offset < chunk.byteLength) stream.push(null);
      process.nextTick(callback);
      return;
    }
  }
}

function processNow(stream, chunk, flag) {
  const parts = [];
  let length = 0;
  let offset = 0;
  for (;;) {
    let output;
    try {
      output = stream._handle(chunk, offset, flag, stream._chunkSize, stream._state);
    } catch (thrown) {
      throw errorOf(thrown, stream._maxOutputLength);
    }
    const [consumed, more] = stream._state;
    offset += consumed;
    length += output.length;
    if (length > stream._maxOutputLength) {
      stream._handle = null;
      throw tooLarge(stream._maxOutputLength);
    }
    parts.push(output);
    if (!more) break;
  }
  stream.bytesWritten = offset;
  stream._handle = null;
  return Buffer.concat(parts, length);
}

return { ZlibBase, commonOptions, settingsOf, errorOf };
