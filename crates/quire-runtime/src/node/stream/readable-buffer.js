// What a readable stream holds until someone reads it, and how chunks get in and out of it.
const { Buffer } = require("buffer");
const { StringDecoder } = require("string_decoder");
const { highWaterMarkOf } = require("internal/stream/high-water-mark");

const kPaused = Symbol("kPaused");

class ReadableState {
  constructor(options, stream, isDuplex = stream instanceof require("internal/stream/duplex")) {
    this.objectMode = Boolean(options?.objectMode || (isDuplex && options?.readableObjectMode));
    this.highWaterMark = highWaterMarkOf(this.objectMode, options, "readableHighWaterMark", isDuplex);
    this.buffer = [];
    this.bufferIndex = 0;
    this.length = 0;
    this.pipes = [];
    this.flowing = null;
    this.ended = false;
    this.endEmitted = false;
    this.reading = false;
    this.constructed = true;
    // Whether `_read` is running: what it pushes is not told before it returned.
    this.sync = true;
    this.needReadable = false;
    this.emittedReadable = false;
    this.readableListening = false;
    this.resumeScheduled = false;
    this.errorEmitted = false;
    this.emitClose = options?.emitClose !== false;
    this.autoDestroy = options?.autoDestroy !== false;
    this.destroyed = false;
    this.errored = null;
    this.closed = false;
    this.closeEmitted = false;
    this.defaultEncoding = options?.defaultEncoding || "utf8";
    this.awaitDrainWriters = null;
    this.multiAwaitDrain = false;
    this.readingMore = false;
    this.dataEmitted = false;
    this.decoder = null;
    this.encoding = null;
    this[kPaused] = null;
    if (options?.encoding) {
      this.decoder = new StringDecoder(options.encoding);
      this.encoding = options.encoding;
    }
  }
  get pipesCount() {
    return this.pipes.length;
  }
  get paused() {
    return this[kPaused] !== false;
  }
  set paused(value) {
    this[kPaused] = Boolean(value);
  }
}

function append(state, chunk) {
  state.buffer.push(chunk);
}

function prepend(state, chunk) {
  if (state.bufferIndex > 0) state.buffer[--state.bufferIndex] = chunk;
  else state.buffer.unshift(chunk);
}

const COMPACT_AT = 1024;

/** Forgets the chunks before `index`. */
function advance(state, index) {
  const { buffer } = state;
  for (let taken = state.bufferIndex; taken < index && taken < buffer.length; taken += 1) buffer[taken] = null;
  if (index >= buffer.length) {
    buffer.length = 0;
    state.bufferIndex = 0;
  } else if (index > COMPACT_AT) {
    buffer.splice(0, index);
    state.bufferIndex = 0;
  } else {
    state.bufferIndex = index;
  }
}

function takeAll(state) {
  const { buffer, bufferIndex } = state;
  let all;
  if (state.decoder) all = (bufferIndex === 0 ? buffer : buffer.slice(bufferIndex)).join("");
  else if (buffer.length - bufferIndex === 0) all = Buffer.alloc(0);
  else if (buffer.length - bufferIndex === 1) all = buffer[bufferIndex];
  else all = Buffer.concat(bufferIndex === 0 ? buffer : buffer.slice(bufferIndex), state.length);
  advance(state, buffer.length);
  return all;
}

/** Takes `size` bytes or characters, which may be fewer or more than one chunk. */
function takeSome(state, size) {
  const { buffer } = state;
  const first = buffer[state.bufferIndex];
  if (size < first.length) {
    buffer[state.bufferIndex] = first.slice(size);
    return first.slice(0, size);
  }
  if (size === first.length) {
    advance(state, state.bufferIndex + 1);
    return first;
  }
  const parts = [];
  let missing = size;
  let index = state.bufferIndex;
  while (missing > 0 && index < buffer.length) {
    const chunk = buffer[index];
    if (chunk.length > missing) {
      parts.push(chunk.slice(0, missing));
      buffer[index] = chunk.slice(missing);
      missing = 0;
    } else {
      parts.push(chunk);
      missing -= chunk.length;
      index += 1;
    }
  }
  advance(state, index);
  return state.decoder ? parts.join("") : Buffer.concat(parts, size);
}

/** What `read(size)` gives out of the buffer. */
function take(size, state) {
  if (state.length === 0) return null;
  if (state.objectMode) {
    const chunk = state.buffer[state.bufferIndex];
    advance(state, state.bufferIndex + 1);
    return chunk;
  }
  return !size || size >= state.length ? takeAll(state) : takeSome(state, size);
}

const SIZE_MAX = 0x40000000;

/** The next power of two, up to a gigabyte. */
function roundUp(size) {
  const { ERR_OUT_OF_RANGE } = require("internal/errors");
  if (size > SIZE_MAX) throw new ERR_OUT_OF_RANGE("size", "<= 1GiB", size);
  let power = 1;
  while (power < size) power *= 2;
  return power;
}

/** How much `read(size)` can give now. */
function readableSize(size, state) {
  if (size <= 0 || (state.length === 0 && state.ended)) return 0;
  if (state.objectMode) return 1;
  if (Number.isNaN(size)) {
    return state.flowing && state.length > 0 ? state.buffer[state.bufferIndex].length : state.length;
  }
  if (size <= state.length) return size;
  return state.ended ? state.length : 0;
}

return { ReadableState, kPaused, append, prepend, take, roundUp, readableSize };
