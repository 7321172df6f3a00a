// The streams of node:zlib by name, and create…() of each.
const { ZlibBase } = require("internal/zlib/base");
const { constants } = require("internal/zlib/constants");

const classes = {};
const creators = {};
for (const [name, mode] of [
  ["Deflate", constants.DEFLATE],
  ["Inflate", constants.INFLATE],
  ["Gzip", constants.GZIP],
  ["Gunzip", constants.GUNZIP],
  ["DeflateRaw", constants.DEFLATERAW],
  ["InflateRaw", constants.INFLATERAW],
  ["Unzip", constants.UNZIP],
  ["BrotliCompress", constants.BROTLI_ENCODE],
  ["BrotliDecompress", constants.BROTLI_DECODE],
  ["ZstdCompress", constants.ZSTD_ENCODE],
  ["ZstdDecompress", constants.ZSTD_DECODE],
]) {
  // They may be called without `new`.
  const Class = {
    [name]: function (options) {
      if (!(this instanceof Class)) return new Class(options);
      let given = options;
      // No compressor has a window this small for data without a header.
      if (mode === constants.DEFLATERAW && options?.windowBits === 8) given = { ...options, windowBits: 9 };
      ZlibBase.call(this, given, mode);
    },
  }[name];
  Object.setPrototypeOf(Class.prototype, ZlibBase.prototype);
  Object.setPrototypeOf(Class, ZlibBase);
  classes[name] = Class;
  creators[`create${name}`] = { [`create${name}`]: (options) => new Class(options) }[`create${name}`];
}
return { classes, creators };
