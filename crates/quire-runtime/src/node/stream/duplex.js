// Duplex: a Readable that is a Writable too.
const { Readable, whenConstructed: readableConstructed } = require("internal/stream/readable");
const { Writable, whenConstructed: writableConstructed } = require("internal/stream/writable");
const { ReadableState } = require("internal/stream/readable-buffer");
const { WritableState } = require("internal/stream/writable-buffer");
const { Stream } = require("internal/stream/legacy");
const { construct } = require("internal/stream/destroy");

function Duplex(options) {
  if (!(this instanceof Duplex)) return new Duplex(options);
  this._readableState = new ReadableState(options, this, true);
  this._writableState = new WritableState(options, this, true);
  if (options) {
    this.allowHalfOpen = options.allowHalfOpen !== false;
    if (options.readable === false) Object.assign(this._readableState, { readable: false, ended: true, endEmitted: true });
    if (options.writable === false) {
      Object.assign(this._writableState, { writable: false, ending: true, ended: true, finished: true });
    }
    for (const name of ["read", "write", "writev", "destroy", "final", "construct"]) {
      if (typeof options[name] === "function") this[`_${name}`] = options[name];
    }
    if (options.signal) require("internal/stream/abort-signal").watch(options.signal, this);
  } else {
    this.allowHalfOpen = true;
  }
  Stream.call(this, options);
  construct(this, () => {
    readableConstructed(this);
    writableConstructed(this);
  });
}
// In a cycle of modules, `instanceof` is asked before this file is through.
Object.setPrototypeOf(Duplex.prototype, Readable.prototype);
Object.setPrototypeOf(Duplex, Readable);

for (const name of Object.getOwnPropertyNames(Writable.prototype)) {
  if (name === "constructor" || name in Duplex.prototype) continue;
  Object.defineProperty(Duplex.prototype, name, Object.getOwnPropertyDescriptor(Writable.prototype, name));
}
Duplex.prototype.destroy = Writable.prototype.destroy;
Object.defineProperty(Duplex.prototype, "destroyed", {
  configurable: true,
  enumerable: false,
  get() {
    if (this._readableState === undefined || this._writableState === undefined) return false;
    return this._readableState.destroyed && this._writableState.destroyed;
  },
  set(value) {
    if (!this._readableState || !this._writableState) return;
    this._readableState.destroyed = value;
    this._writableState.destroyed = value;
  },
});

Duplex.from = function from(body) {
  return require("internal/stream/duplex-from").duplexFrom(body, "body");
};
Duplex.fromWeb = function fromWeb(pair, options) {
  return require("internal/stream/web-to-node").duplexFromWeb(pair, options);
};
Duplex.toWeb = function toWeb(duplex) {
  return require("internal/stream/node-to-web").duplexToWeb(duplex);
};
return Duplex;
