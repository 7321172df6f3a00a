// Buffer's readInt8() to writeDoubleBE().
const { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_BUFFER_OUT_OF_BOUNDS } = require("internal/errors");

// The same bytes as numbers of other kinds; all platforms of this runtime are little-endian.
const doubles = new Float64Array(1);
const floats = new Float32Array(doubles.buffer);
const wholes = new BigUint64Array(doubles.buffer);
const signedWholes = new BigInt64Array(doubles.buffer);
const scratch = new Uint8Array(doubles.buffer);

/** Throws what is wrong with an offset (or a length) that should be from 0 to `max`. */
function outOfBounds(value, max, name = "offset") {
  if (typeof value !== "number") throw new ERR_INVALID_ARG_TYPE(name, "number", value);
  if (Math.floor(value) !== value) throw new ERR_OUT_OF_RANGE(name, "an integer", value);
  if (max < 0) throw new ERR_BUFFER_OUT_OF_BOUNDS();
  throw new ERR_OUT_OF_RANGE(name, `>= ${name === "offset" ? 0 : 1} and <= ${max}`, value);
}

function checkOffset(buffer, offset, size) {
  if (typeof offset !== "number" || buffer[offset] === undefined || buffer[offset + size - 1] === undefined) {
    outOfBounds(offset, buffer.length - size);
  }
}

function checkSize(offset, size) {
  if (offset === undefined) throw new ERR_INVALID_ARG_TYPE("offset", "number", offset);
  if (!(size >= 1 && size <= 6 && Number.isInteger(size))) outOfBounds(size, 6, "byteLength");
}

function checkValue(value, min, max, size) {
  if (!(value > max || value < min)) return;
  const n = typeof min === "bigint" ? "n" : "";
  const bits = size * 8;
  let range = `>= ${min}${n} and <= ${max}${n}`;
  if (size > 4) {
    range = min >= 0 ? `>= 0${n} and < 2${n} ** ${bits}${n}` : `>= -(2${n} ** ${bits - 1}${n}) and < 2${n} ** ${bits - 1}${n}`;
  }
  throw new ERR_OUT_OF_RANGE("value", range, value);
}

function readUnsigned(buffer, offset, size, little) {
  checkOffset(buffer, offset, size);
  let value = 0;
  if (little) for (let i = size - 1; i >= 0; i--) value = value * 256 + buffer[offset + i];
  else for (let i = 0; i < size; i++) value = value * 256 + buffer[offset + i];
  return value;
}

function readSigned(buffer, offset, size, little) {
  const value = readUnsigned(buffer, offset, size, little);
  const half = 2 ** (8 * size - 1);
  return value >= half ? value - 2 * half : value;
}

function writeInteger(buffer, value, offset, size, little, min, max) {
  value = +value;
  checkValue(value, min, max, size);
  checkOffset(buffer, offset, size);
  // Two halves, because shifting works on 32 bits.
  let low = value >>> 0;
  let high = size > 4 ? Math.floor(value / 2 ** 32) >>> 0 : 0;
  if (Number.isNaN(value)) low = high = 0;
  for (let i = 0; i < size; i++) {
    const byte = i < 4 ? low >>> (8 * i) : high >>> (8 * (i - 4));
    buffer[little ? offset + i : offset + size - 1 - i] = byte;
  }
  return offset + size;
}

function fromScratch(buffer, offset, size, little) {
  checkOffset(buffer, offset, size);
  for (let i = 0; i < size; i++) scratch[i] = buffer[little ? offset + i : offset + size - 1 - i];
}

function toScratch(buffer, offset, size, little) {
  checkOffset(buffer, offset, size);
  for (let i = 0; i < size; i++) buffer[little ? offset + i : offset + size - 1 - i] = scratch[i];
  return offset + size;
}

const methods = {};
for (const little of [true, false]) {
  const order = little ? "LE" : "BE";
  for (const size of [1, 2, 4]) {
    if (size === 1 && !little) continue;
    const suffix = size === 1 ? "8" : `${size * 8}${order}`;
    const max = 2 ** (8 * size);
    Object.assign(methods, {
      [`readUInt${suffix}`](offset = 0) {
        return readUnsigned(this, offset, size, little);
      },
      [`readInt${suffix}`](offset = 0) {
        return readSigned(this, offset, size, little);
      },
      [`writeUInt${suffix}`](value, offset = 0) {
        return writeInteger(this, value, offset, size, little, 0, max - 1);
      },
      [`writeInt${suffix}`](value, offset = 0) {
        return writeInteger(this, value, offset, size, little, -max / 2, max / 2 - 1);
      },
    });
  }
  Object.assign(methods, {
    [`readUInt${order}`](offset, byteLength) {
      checkSize(offset, byteLength);
      return readUnsigned(this, offset, byteLength, little);
    },
    [`readInt${order}`](offset, byteLength) {
      checkSize(offset, byteLength);
      return readSigned(this, offset, byteLength, little);
    },
    [`writeUInt${order}`](value, offset, byteLength) {
      checkSize(offset, byteLength);
      return writeInteger(this, value, offset, byteLength, little, 0, 2 ** (8 * byteLength) - 1);
    },
    [`writeInt${order}`](value, offset, byteLength) {
      checkSize(offset, byteLength);
      const half = 2 ** (8 * byteLength - 1);
      return writeInteger(this, value, offset, byteLength, little, -half, half - 1);
    },
    [`readFloat${order}`](offset = 0) {
      fromScratch(this, offset, 4, little);
      return floats[0];
    },
    [`readDouble${order}`](offset = 0) {
      fromScratch(this, offset, 8, little);
      return doubles[0];
    },
    [`writeFloat${order}`](value, offset = 0) {
      floats[0] = +value;
      return toScratch(this, offset, 4, little);
    },
    [`writeDouble${order}`](value, offset = 0) {
      doubles[0] = +value;
      return toScratch(this, offset, 8, little);
    },
    [`readBigUInt64${order}`](offset = 0) {
      fromScratch(this, offset, 8, little);
      return wholes[0];
    },
    [`readBigInt64${order}`](offset = 0) {
      fromScratch(this, offset, 8, little);
      return signedWholes[0];
    },
    [`writeBigUInt64${order}`](value, offset = 0) {
      checkValue(value, 0n, 0xffffffffffffffffn, 8);
      wholes[0] = value;
      return toScratch(this, offset, 8, little);
    },
    [`writeBigInt64${order}`](value, offset = 0) {
      checkValue(value, -0x8000000000000000n, 0x7fffffffffffffffn, 8);
      signedWholes[0] = value;
      return toScratch(this, offset, 8, little);
    },
  });
}
for (const name of Object.keys(methods)) {
  if (name.includes("UInt")) methods[name.replace("UInt", "Uint")] = methods[name];
}

exports.methods = methods;
