// Transform and PassThrough.
const { ERR_METHOD_NOT_IMPLEMENTED } = require("internal/errors");
const Duplex = require("internal/stream/duplex");
const { highWaterMarkOf } = require("internal/stream/high-water-mark");

const kCallback = Symbol("kCallback");

function Transform(given) {
  if (!(this instanceof Transform)) return new Transform(given);
  let options = given;
  const readableMark = given ? highWaterMarkOf(Boolean(given.objectMode || given.readableObjectMode), given, "readableHighWaterMark", true) : null;
  if (readableMark === 0) {
    // A reader that wants nothing ahead must not make the writer hold anything either.
    options = { ...given, highWaterMark: null, readableHighWaterMark: readableMark, writableHighWaterMark: given.writableHighWaterMark || 0 };
  }
  Duplex.call(this, options);
  // Pushing happens outside of `_read`.
  this._readableState.sync = false;
  this[kCallback] = null;
  if (options) {
    if (typeof options.transform === "function") this._transform = options.transform;
    if (typeof options.flush === "function") this._flush = options.flush;
  }
  // For those that bring a `_final` of their own.
  this.on("prefinish", onPrefinish);
}
Object.setPrototypeOf(Transform.prototype, Duplex.prototype);
Object.setPrototypeOf(Transform, Duplex);

function final(callback) {
  if (typeof this._flush !== "function" || this.destroyed) {
    this.push(null);
    if (callback) callback();
    return;
  }
  this._flush((error, data) => {
    if (error) {
      if (callback) callback(error);
      else this.destroy(error);
      return;
    }
    if (data != null) this.push(data);
    this.push(null);
    if (callback) callback();
  });
}

function onPrefinish() {
  if (this._final !== final) final.call(this);
}

Transform.prototype._final = final;

Transform.prototype._transform = function _transform() {
  throw new ERR_METHOD_NOT_IMPLEMENTED("_transform()");
};

Transform.prototype._write = function _write(chunk, encoding, callback) {
  const readable = this._readableState;
  const writable = this._writableState;
  const before = readable.length;
  this._transform(chunk, encoding, (error, value) => {
    if (error) {
      callback(error);
      return;
    }
    if (value != null) this.push(value);
    // Nothing came of it, or there is room: go on. Else wait until someone reads.
    if (writable.ended || before === readable.length || readable.length < readable.highWaterMark) callback();
    else this[kCallback] = callback;
  });
};

Transform.prototype._read = function _read() {
  const callback = this[kCallback];
  if (!callback) return;
  this[kCallback] = null;
  callback();
};

function PassThrough(options) {
  if (!(this instanceof PassThrough)) return new PassThrough(options);
  Transform.call(this, options);
}
Object.setPrototypeOf(PassThrough.prototype, Transform.prototype);
Object.setPrototypeOf(PassThrough, Transform);

PassThrough.prototype._transform = function _transform(chunk, encoding, callback) {
  callback(null, chunk);
};

return { Transform, PassThrough };
