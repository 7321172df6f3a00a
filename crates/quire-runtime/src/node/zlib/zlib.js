// node:zlib.
const { ERR_INVALID_ARG_TYPE } = require("internal/errors");
const { validateFunction, validateUint32 } = require("internal/validators");
const { Buffer } = require("buffer");
const process = require("process");
const { classes, creators } = require("internal/zlib/classes");
const { commonOptions, errorOf, settingsOf } = require("internal/zlib/base");
const { constants, codes } = require("internal/zlib/constants");

/** Below this, going elsewhere and back takes longer than the work. */
const SMALL = 16 * 1024;

function bytesOf(data) {
  if (typeof data === "string") return Buffer.from(data);
  if (ArrayBuffer.isView(data) || data instanceof ArrayBuffer) return data;
  throw new ERR_INVALID_ARG_TYPE("buffer", ["string", "Buffer", "TypedArray", "DataView", "ArrayBuffer"], data);
}

const asBuffer = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** What `ops.zlib_run` takes. */
function argumentsFor(data, options, mode) {
  const bytes = bytesOf(data);
  const { finishFlush, maxOutputLength } = commonOptions(options, mode);
  return [bytes, finishFlush, maxOutputLength, ...settingsOf(options, mode)];
}

function runSync(Class, mode, data, options) {
  const given = argumentsFor(data, options, mode);
  let output;
  try {
    output = asBuffer(ops.zlib_run(...given));
  } catch (thrown) {
    throw errorOf(thrown, given[2]);
  }
  return options?.info ? { buffer: output, engine: new Class(options) } : output;
}

function run(Class, mode, data, options, callback) {
  const given = argumentsFor(data, options, mode);
  const done = (bytes) => {
    const buffer = asBuffer(bytes);
    callback(null, options?.info ? { buffer, engine: new Class(options) } : buffer);
  };
  if (given[0].byteLength > SMALL) {
    ops.zlib_run_elsewhere(...given).then(
      (bytes) => process.nextTick(done, bytes),
      (thrown) => process.nextTick(callback, errorOf(thrown, given[2])),
    );
    return;
  }
  process.nextTick(() => {
    let bytes;
    try {
      bytes = ops.zlib_run(...given);
    } catch (thrown) {
      callback(errorOf(thrown, given[2]));
      return;
    }
    done(bytes);
  });
}

const functions = {};
for (const [name, Class, mode] of [
  ["deflate", "Deflate", constants.DEFLATE],
  ["inflate", "Inflate", constants.INFLATE],
  ["gzip", "Gzip", constants.GZIP],
  ["gunzip", "Gunzip", constants.GUNZIP],
  ["deflateRaw", "DeflateRaw", constants.DEFLATERAW],
  ["inflateRaw", "InflateRaw", constants.INFLATERAW],
  ["unzip", "Unzip", constants.UNZIP],
  ["brotliCompress", "BrotliCompress", constants.BROTLI_ENCODE],
  ["brotliDecompress", "BrotliDecompress", constants.BROTLI_DECODE],
  ["zstdCompress", "ZstdCompress", constants.ZSTD_ENCODE],
  ["zstdDecompress", "ZstdDecompress", constants.ZSTD_DECODE],
]) {
  const both = {
    [name](data, given, givenCallback) {
      const [options, callback] = typeof given === "function" ? [undefined, given] : [given, givenCallback];
      validateFunction(callback, "callback");
      run(classes[Class], mode, data, options, callback);
    },
    [`${name}Sync`]: (data, options) => runSync(classes[Class], mode, data, options),
  };
  Object.assign(functions, both);
}

function crc32(data, value = 0) {
  if (typeof data !== "string" && !ArrayBuffer.isView(data)) {
    throw new ERR_INVALID_ARG_TYPE("data", ["Buffer", "TypedArray", "DataView", "string"], data);
  }
  validateUint32(value, "value");
  return ops.zlib_crc32(typeof data === "string" ? Buffer.from(data) : data, value);
}

const zlib = { ...classes, ...functions, ...creators, crc32 };
Object.defineProperty(zlib, "constants", { enumerable: true, value: constants });
Object.defineProperty(zlib, "codes", { enumerable: true, value: codes });
// Names of before there was zlib.constants.
for (const [name, value] of Object.entries(constants)) {
  if (!name.startsWith("BROTLI")) Object.defineProperty(zlib, name, { enumerable: false, value });
}
return zlib;
