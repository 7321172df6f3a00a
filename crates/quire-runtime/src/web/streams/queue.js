// The tools every stream file shares: promises that later changes to Promise.prototype cannot touch, linked lists,
// promises made only when somebody looks at them, buffer operations, and the conversions of Web IDL that streams need.
//
// How the streams are built: each public object (ReadableStream, its readers, its controllers …) is a thin shell whose one
// private field leads to a plain state object (Readable, Reader, DefaultController …). All algorithms of the standard work on
// state objects, in fast plain fields, and a shell is only made when a program can see it.
const NativeTypeError = TypeError;
const NativeRangeError = RangeError;
const { apply } = Reflect;
const uncurry = Function.prototype.bind.bind(Function.prototype.call);
const then = uncurry(Promise.prototype.then);
const promiseResolve = Promise.resolve.bind(Promise);
const promiseReject = Promise.reject.bind(Promise);
const withResolvers = Promise.withResolvers.bind(Promise);
const noop = () => {};
// For "a promise resolved with undefined" that nobody but us sees.
const RESOLVED = promiseResolve(undefined);

const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";
const isView = ArrayBuffer.isView;
const bufferLength = uncurry(Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength").get);
const bufferDetached = uncurry(Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "detached").get);
const bufferResizable = uncurry(Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "resizable").get);
const bufferTransfer = uncurry(ArrayBuffer.prototype.transferToFixedLength);
const NativeUint8Array = Uint8Array;
const setBytes = uncurry(NativeUint8Array.prototype.set);
const typedArrayTag = uncurry(
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(NativeUint8Array.prototype), Symbol.toStringTag).get,
);
const { floor, trunc } = Math;
const { isFinite } = Number;

// Given as a result by sources and sinks of ours that will say themselves when they are ready.
const LATER = { later: true };
// What a stream of bytes says of a chunk of another kind.
const NOT_BYTES =
  "This TransformStream is being used as a byte stream, but received an object of non-ArrayBuffer/ArrayBufferView " +
  "type on its writable side.";
// Opens constructors that programs may not call, or not call this way.
const SECRET = {};

// A singly linked list of objects that carry their own `next`.
class List {
  constructor() {
    this.head = null;
    this.tail = null;
    this.size = 0;
  }

  push(node) {
    if (this.tail === null) this.head = node;
    else this.tail.next = node;
    this.tail = node;
    this.size++;
  }

  shift() {
    const node = this.head;
    this.head = node.next;
    if (this.head === null) this.tail = null;
    node.next = null;
    this.size--;
    return node;
  }

  clear() {
    const node = this.head;
    this.head = null;
    this.tail = null;
    this.size = 0;
    return node;
  }
}

// A promise that exists once get() was called: most streams live and die without a look at `closed` or `ready`.
// Its rejection never counts as unhandled, which is what the standard says of all the promises kept here.
class LazyPromise {
  constructor() {
    this.state = 0; // 0 pending, 1 fulfilled, 2 rejected
    this.reason = undefined;
    this.parts = null;
  }

  get() {
    if (this.parts === null) {
      this.parts = withResolvers();
      then(this.parts.promise, undefined, noop);
      if (this.state === 1) this.parts.resolve(undefined);
      else if (this.state === 2) this.parts.reject(this.reason);
    }
    return this.parts.promise;
  }

  fulfil() {
    if (this.state !== 0) return;
    this.state = 1;
    if (this.parts !== null) this.parts.resolve(undefined);
  }

  // Rejects the promise, or puts a rejected one in the place of one that is settled.
  fail(reason) {
    if (this.state !== 0) this.parts = null;
    this.state = 2;
    this.reason = reason;
    if (this.parts !== null) this.parts.reject(reason);
  }

  reset() {
    this.state = 0;
    this.reason = undefined;
    this.parts = null;
  }
}

// A chunk in a queue; `request` is the write request of a writable stream's chunk.
class Entry {
  constructor(value, size, request) {
    this.value = value;
    this.size = size;
    this.request = request;
    this.next = null;
  }
}

function checkSize(size) {
  if (typeof size !== "number" || !(size >= 0) || size === Infinity) {
    throw new NativeRangeError("The size of a chunk must be a finite number that is not negative.");
  }
}

// Runs the callbacks for what a user function (or a source or sink of ours) returned; undefined needs no promise of its own.
function settle(result, fulfilled, rejected) {
  if (result === undefined) then(RESOLVED, fulfilled);
  else then(promiseResolve(result), fulfilled, rejected);
}

// Calls a function of a source, sink or transformer and gives a promise of its result.
function callForPromise(callback, self, args) {
  try {
    return promiseResolve(apply(callback, self, args));
  } catch (error) {
    return promiseReject(error);
  }
}

function illegal(name) {
  return new NativeTypeError(`Illegal invocation: this member belongs to ${name}`);
}

// -- Web IDL --

function dictionary(value, what) {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw new NativeTypeError(`${what} must be an object.`);
  return value;
}

function callbackMember(object, name, what) {
  const callback = object[name];
  if (callback !== undefined && typeof callback !== "function") {
    throw new NativeTypeError(`The ${name} member of ${what} must be a function.`);
  }
  return callback === undefined ? undefined : internals.capture(callback);
}

// [EnforceRange] unsigned long long
function enforceRange(value, what) {
  let number = +value;
  if (!isFinite(number)) throw new NativeTypeError(`${what} must be a finite number.`);
  number = trunc(number);
  if (number < 0 || number > 9007199254740991) throw new NativeTypeError(`${what} is out of range.`);
  return number;
}

// The queuing strategy argument: the members are read once, in the order of their names.
function convertStrategy(value) {
  const strategy = dictionary(value, "The queuing strategy");
  if (strategy === undefined) return { highWaterMark: undefined, size: undefined };
  const mark = strategy.highWaterMark;
  const highWaterMark = mark === undefined ? undefined : +mark;
  return { highWaterMark, size: callbackMember(strategy, "size", "a queuing strategy") };
}

function markOf(strategy, fallback) {
  const mark = strategy.highWaterMark;
  if (mark === undefined) return fallback;
  if (!(mark >= 0)) throw new NativeRangeError("The highWaterMark must be a number that is not negative.");
  return mark;
}

// undefined stands for "every chunk counts 1".
function sizeOf(strategy) {
  const { size } = strategy;
  if (size === undefined) return undefined;
  return (chunk) => +apply(size, undefined, [chunk]);
}

// -- Buffers --

// An ArrayBufferView argument: neither shared nor resizable memory.
function checkView(view, what) {
  if (!isView(view)) throw new NativeTypeError(`${what} must be an ArrayBuffer view.`);
  const { buffer } = view;
  let resizable;
  try {
    resizable = bufferResizable(buffer);
  } catch {
    throw new NativeTypeError(`${what} must not be a view on shared memory.`);
  }
  if (resizable) throw new NativeTypeError(`${what} must not be a view on a resizable buffer.`);
}

// Bytes of a BufferSource as a Uint8Array on the same memory; null for anything else.
function viewBytes(value) {
  if (isView(value)) {
    if (typedArrayTag(value) === "Uint8Array") return value;
    return new NativeUint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  try {
    bufferLength(value);
  } catch {
    return null;
  }
  return new NativeUint8Array(value);
}

function copyBytes(bytes) {
  const copy = new NativeUint8Array(bytes.byteLength);
  setBytes(copy, bytes);
  return copy;
}

// The chunks of an array as one Uint8Array.
function joinBytes(chunks, total) {
  if (chunks.length === 1) return chunks[0];
  const all = new NativeUint8Array(total);
  let at = 0;
  for (let i = 0; i < chunks.length; i++) {
    setBytes(all, chunks[i], at);
    at += chunks[i].byteLength;
  }
  return all;
}

// State objects have nothing to do with Object.prototype: what a program puts there must not change how they work.
function detachStates(...classes) {
  for (const Class of classes) Object.setPrototypeOf(Class.prototype, null);
}

detachStates(List, LazyPromise, Entry);

// The form console shows: on one line if it fits.
function showParts(name, parts) {
  const line = `${name} { ${parts.join(", ")} }`;
  return line.length <= 76 ? line : `${name} {\n  ${parts.join(",\n  ")}\n}`;
}

internals.streams = {
  Entry,
  LATER,
  LazyPromise,
  List,
  NOT_BYTES,
  RESOLVED,
  SECRET,
  apply,
  bufferDetached,
  bufferLength,
  bufferTransfer,
  callForPromise,
  callbackMember,
  checkSize,
  checkView,
  convertStrategy,
  copyBytes,
  detachStates,
  dictionary,
  enforceRange,
  floor,
  illegal,
  isObject,
  isView,
  joinBytes,
  markOf,
  noop,
  promiseReject,
  promiseResolve,
  setBytes,
  showParts,
  settle,
  sizeOf,
  then,
  typedArrayTag,
  uncurry,
  viewBytes,
  withResolvers,
};
