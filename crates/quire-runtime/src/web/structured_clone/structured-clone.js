// structuredClone (HTML §2.7). Serialising and deserialising are one walk: the copy is made at once.
const NativeTypeError = TypeError;
const { apply, ownKeys, getPrototypeOf, defineProperty } = Reflect;
const { getOwnPropertyDescriptor, keys } = Object;
const { isArray } = Array;
const { isView } = ArrayBuffer;
const isError = Error.isError ?? ((value) => value instanceof Error);
const NativeMap = Map;
const NativeSet = Set;
const NativeDate = Date;
const NativeRegExp = RegExp;
const NativeArrayBuffer = ArrayBuffer;
const NativeDataView = DataView;
const NativeUint8Array = Uint8Array;
const NativeError = Error;

const getter = (prototype, name) => getOwnPropertyDescriptor(prototype, name).get;
const tagOf = Object.prototype.toString;
const mapSize = getter(Map.prototype, "size");
const mapForEach = Map.prototype.forEach;
const setSize = getter(Set.prototype, "size");
const setForEach = Set.prototype.forEach;
const dateTime = Date.prototype.getTime;
const regExpSource = getter(RegExp.prototype, "source");
const regExpFlags = getter(RegExp.prototype, "flags");
const bufferLength = getter(ArrayBuffer.prototype, "byteLength");
const bufferDetached = getter(ArrayBuffer.prototype, "detached");
const bufferResizable = getter(ArrayBuffer.prototype, "resizable");
const bufferMaximum = getter(ArrayBuffer.prototype, "maxByteLength");
const bufferSlice = ArrayBuffer.prototype.slice;
const bufferResize = ArrayBuffer.prototype.resize;
const bufferTransfer = ArrayBuffer.prototype.transfer;
// The engine exposes the class if it was started so.
const { SharedArrayBuffer } = globalThis;
const isShared =
  SharedArrayBuffer === undefined
    ? () => false
    : accepts.bind(undefined, getter(SharedArrayBuffer.prototype, "byteLength"));
const TypedArray = getPrototypeOf(Uint8Array);
const arrayTag = getter(TypedArray.prototype, Symbol.toStringTag);
const arrayBuffer = getter(TypedArray.prototype, "buffer");
const arrayOffset = getter(TypedArray.prototype, "byteOffset");
const arrayLength = getter(TypedArray.prototype, "length");
const arrayKeys = TypedArray.prototype.keys;
const viewBuffer = getter(DataView.prototype, "buffer");
const viewOffset = getter(DataView.prototype, "byteOffset");
const viewLength = getter(DataView.prototype, "byteLength");
const mapGet = Map.prototype.get;
const mapSet = Map.prototype.set;
const setAdd = Set.prototype.add;

const arrayClasses = { __proto__: null };
for (const name of [
  "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array",
  "BigInt64Array", "BigUint64Array", "Float16Array", "Float32Array", "Float64Array",
]) {
  if (globalThis[name] !== undefined) arrayClasses[name] = globalThis[name];
}
const errorClasses = { __proto__: null, Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError };
const boxed = {
  __proto__: null,
  Boolean: Boolean.prototype.valueOf,
  Number: Number.prototype.valueOf,
  String: String.prototype.valueOf,
  BigInt: BigInt.prototype.valueOf,
};

// Built-in objects that hold more than their properties, by their prototypes.
const uncloneable = new WeakSet();
for (const name of ["Promise", "WeakMap", "WeakSet", "WeakRef", "FinalizationRegistry", "Iterator", "Symbol"]) {
  if (typeof globalThis[name] === "function") uncloneable.add(globalThis[name].prototype);
}
uncloneable.add(getPrototypeOf(getPrototypeOf([][Symbol.iterator]())));
uncloneable.add(getPrototypeOf(async function* () {}).prototype);
for (const namespace of [Intl, globalThis.WebAssembly ?? {}]) {
  for (const name of ownKeys(namespace)) {
    const prototype = typeof namespace[name] === "function" ? namespace[name].prototype : undefined;
    // An error of WebAssembly is cloned as one.
    if (prototype !== undefined && !(prototype instanceof NativeError)) uncloneable.add(prototype);
  }
}

// prototype of a platform class → { cloneInstance, name, write, read }, see register() below
const registered = new NativeMap();

// the name of a platform class → function (value) → instance
const readers = { __proto__: null };

// prototypes of platform classes whose instances are refused although they inherit from a class that is not
const refused = new WeakSet();

const refuse = (what) => internals.domException("DataCloneError", `${what} could not be cloned.`);

// What an object is called in a message.
function describe(object) {
  try {
    const name = object.constructor?.name;
    return typeof name === "string" && name !== "" ? `#<${name}>` : apply(tagOf, object, []);
  } catch {
    return "#<Object>";
  }
}

// Whether `method` of a built-in takes this receiver, which tells that it is what it looks like.
function accepts(method, receiver) {
  try {
    apply(method, receiver, []);
    return true;
  } catch {
    return false;
  }
}

const isBuffer = (value) => accepts(bufferLength, value);

// What a walk does with an object: by what it is, whatever it calls itself.
function kindOf(object) {
  if (isArray(object)) return "array";
  const tag = apply(tagOf, object, []);
  // Built-in objects show in this tag, by what they are or by their prototype.
  if (tag === "[object Object]") return getPrototypeOf(object) === Object.prototype ? "plain" : "class";
  if (internals.isPlatformObject(object)) return "class";
  if (isView(object)) return "view";
  const name = tag.slice(8, -1);
  if (name in boxed && accepts(boxed[name], object)) return "boxed";
  if (isError(object)) return "error";
  if (accepts(dateTime, object)) return "date";
  if (accepts(mapSize, object)) return "map";
  if (accepts(setSize, object)) return "set";
  if (isBuffer(object)) return "buffer";
  if (isShared(object)) return "shared";
  if (object !== NativeRegExp.prototype && accepts(regExpSource, object)) return "regexp";
  // A tag of the object's own hides what it is.
  for (const kind in boxed) {
    if (accepts(boxed[kind], object)) return "boxed";
  }
  return "class";
}

// What a wrapper object such as `Object(1)` holds.
function unbox(object) {
  for (const kind in boxed) {
    if (accepts(boxed[kind], object)) return apply(boxed[kind], object, []);
  }
  throw refuse(describe(object));
}

// How instances of a platform class are copied; null for objects that are copied as plain ones. Throws for the rest.
function registrationOf(object) {
  for (let level = getPrototypeOf(object); level !== null; level = getPrototypeOf(level)) {
    if (refused.has(level)) break;
    const registration = registered.get(level);
    if (registration !== undefined) return registration;
    if (uncloneable.has(level)) throw refuse(describe(object));
  }
  const platformClass = internals.platformClass(object);
  if (platformClass !== undefined) throw unsupported(platformClass);
  if (object === globalThis) throw refuse(describe(object));
  return null;
}

function unsupported(className) {
  const message = `Could not serialize object of type "${className}". This type does not support serialization.`;
  return internals.domException("DataCloneError", message);
}

function put(object, name, value) {
  // "__proto__" among them must become a property.
  if (name === "__proto__") defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  else object[name] = value;
}

// The name of the class that the copy of an error gets.
function errorClass(error) {
  const name = error.name;
  return name !== undefined && errorClasses[`${name}`] !== undefined ? `${name}` : "Error";
}

function makeError(name) {
  const Class = errorClasses[name] ?? NativeError;
  const made = Class === AggregateError ? new Class([]) : new Class();
  delete made.errors;
  return made;
}

// What an error has besides enumerable properties.
function hiddenOf(error) {
  const found = [];
  const message = getOwnPropertyDescriptor(error, "message");
  if (message !== undefined) found.push(["message", `${"value" in message ? message.value : error.message}`]);
  const stack = error.stack;
  if (typeof stack === "string") found.push(["stack", stack]);
  for (const key of ["cause", "errors"]) {
    const own = getOwnPropertyDescriptor(error, key);
    if (own !== undefined && !own.enumerable) found.push([key, error[key]]);
  }
  return found;
}

function hide(object, key, value) {
  defineProperty(object, key, { value, writable: true, enumerable: false, configurable: true });
}

class Cloner {
  #copies = new NativeMap();
  // Buffers that move: they are filled after everything else went well.
  #moving = null;

  constructor(moving) {
    this.#moving = moving;
  }

  clone(value) {
    switch (typeof value) {
      case "object":
        return value === null ? null : this.#object(value);
      case "function":
        throw refuse(apply(Function.prototype.toString, value, []));
      case "symbol":
        throw refuse(value.toString());
      default:
        return value;
    }
  }

  #remember(original, copy) {
    apply(mapSet, this.#copies, [original, copy]);
    return copy;
  }

  #object(object) {
    const known = apply(mapGet, this.#copies, [object]);
    if (known !== undefined) return known;
    switch (kindOf(object)) {
      case "plain":
        return this.#plain(object);
      case "array":
        return this.#array(object);
      case "view":
        return this.#view(object);
      case "error":
        return this.#error(object);
      case "date":
        return this.#remember(object, new NativeDate(apply(dateTime, object, [])));
      case "map":
        return this.#map(object);
      case "set":
        return this.#set(object);
      case "buffer":
        return this.#buffer(object);
      case "shared":
        // The copy shares the memory: there is no other agent it could go to.
        return this.#remember(object, object);
      case "regexp":
        return this.#remember(object, new NativeRegExp(apply(regExpSource, object, []), apply(regExpFlags, object, [])));
      case "boxed":
        return this.#remember(object, Object(unbox(object)));
      default:
        return this.#instance(object);
    }
  }

  #instance(object) {
    const registration = registrationOf(object);
    if (registration === null) return this.#plain(object);
    return this.#remember(object, registration.cloneInstance(object, (inner) => this.clone(inner)));
  }

  // Own enumerable properties with string keys.
  #properties(from, to) {
    const names = keys(from);
    for (let i = 0; i < names.length; i++) {
      const name = names[i];
      // A getter that ran before may have deleted it.
      if (i > 0 && !apply(Object.prototype.hasOwnProperty, from, [name])) continue;
      put(to, name, this.clone(from[name]));
    }
    return to;
  }

  #plain(object) {
    return this.#properties(object, this.#remember(object, {}));
  }

  #array(array) {
    const copy = this.#remember(array, []);
    copy.length = array.length;
    return this.#properties(array, copy);
  }

  #map(map) {
    const copy = this.#remember(map, new NativeMap());
    // The entries as they are now: a getter below may change the map.
    const entries = [];
    apply(mapForEach, map, [(value, key) => entries.push(key, value)]);
    for (let i = 0; i < entries.length; i += 2) {
      apply(mapSet, copy, [this.clone(entries[i]), this.clone(entries[i + 1])]);
    }
    return copy;
  }

  #set(set) {
    const copy = this.#remember(set, new NativeSet());
    const members = [];
    apply(setForEach, set, [(member) => members.push(member)]);
    for (let i = 0; i < members.length; i++) apply(setAdd, copy, [this.clone(members[i])]);
    return copy;
  }

  #error(error) {
    const made = this.#remember(error, makeError(errorClass(error)));
    for (const [key, value] of hiddenOf(error)) hide(made, key, this.clone(value));
    return this.#properties(error, made);
  }

  #buffer(buffer) {
    if (apply(bufferDetached, buffer, [])) throw refuse("An ArrayBuffer is detached and");
    const moved = this.#moving?.get(buffer);
    if (moved !== undefined) return this.#remember(buffer, moved);
    if (!apply(bufferResizable, buffer, [])) return this.#remember(buffer, apply(bufferSlice, buffer, [0]));
    const copy = emptyLike(buffer);
    fill(copy, buffer);
    return this.#remember(buffer, copy);
  }

  #view(view) {
    const { kind, buffer, offset, length } = viewParts(view);
    const View = kind === undefined ? NativeDataView : arrayClasses[kind];
    return this.#remember(view, new View(this.#object(buffer), offset, length));
  }
}

const dataViewMembers = { buffer: viewBuffer, offset: viewOffset, length: viewLength, validate: viewLength };
const arrayMembers = { buffer: arrayBuffer, offset: arrayOffset, length: arrayLength, validate: arrayKeys };

// What a view shows. `kind` is the class of a typed array; `length` is undefined if the view grows with its buffer.
function viewParts(view) {
  const kind = apply(arrayTag, view, []);
  const members = kind === undefined ? dataViewMembers : arrayMembers;
  const buffer = apply(members.buffer, view, []);
  if (accepts(bufferDetached, buffer) && apply(bufferDetached, buffer, [])) throw refuse("An ArrayBuffer is detached and");
  if (!accepts(members.validate, view)) throw refuse("A view that is out of its buffer's bounds");
  return {
    kind,
    buffer,
    offset: apply(members.offset, view, []),
    length: tracksLength(view, buffer, members) ? undefined : apply(members.length, view, []),
  };
}

// Whether a view grows with its buffer. Nothing tells but trying: for a moment the buffer gets another size.
function tracksLength(view, buffer, members) {
  if (!accepts(bufferLength, buffer) || !apply(bufferResizable, buffer, [])) return false;
  const length = apply(members.length, view, []);
  const elementSize = members === arrayMembers ? view.BYTES_PER_ELEMENT : 1;
  const total = apply(bufferLength, buffer, []);
  if (apply(members.offset, view, []) + (length + 1) * elementSize <= total) return false;
  const grown = total + elementSize;
  if (grown <= apply(bufferMaximum, buffer, [])) {
    apply(bufferResize, buffer, [grown]);
    const tracks = apply(members.length, view, []) !== length;
    apply(bufferResize, buffer, [total]);
    return tracks;
  }
  if (length === 0) return false;
  const end = apply(bufferSlice, buffer, [total - elementSize]);
  apply(bufferResize, buffer, [total - elementSize]);
  // A view of fixed length is out of bounds now.
  const tracks = accepts(members.validate, view);
  apply(bufferResize, buffer, [total]);
  new NativeUint8Array(buffer, total - elementSize).set(new NativeUint8Array(end));
  return tracks;
}

function emptyLike(buffer) {
  const length = apply(bufferLength, buffer, []);
  return apply(bufferResizable, buffer, [])
    ? new NativeArrayBuffer(length, { maxByteLength: apply(bufferMaximum, buffer, []) })
    : new NativeArrayBuffer(length);
}

function fill(target, source) {
  new NativeUint8Array(target).set(new NativeUint8Array(source));
}

function clone(value, transfer = undefined) {
  if (transfer === undefined || transfer.length === 0) return new Cloner(null).clone(value);
  const moving = new NativeMap();
  for (const buffer of transfer) {
    if (buffer === null || typeof buffer !== "object" || !accepts(bufferLength, buffer)) {
      throw internals.domException("DataCloneError", "Only an ArrayBuffer can be transferred.");
    }
    if (moving.has(buffer)) throw internals.domException("DataCloneError", "An ArrayBuffer is transferred twice.");
    if (apply(bufferDetached, buffer, [])) throw refuse("An ArrayBuffer is detached and");
    moving.set(buffer, emptyLike(buffer));
  }
  const copy = new Cloner(moving).clone(value);
  // Only now, since a refused clone must leave the buffers as they were; the views on the copies exist already.
  for (const buffer of moving.keys()) {
    if (apply(bufferDetached, buffer, [])) throw refuse("An ArrayBuffer is detached and");
  }
  for (const [buffer, target] of moving) {
    fill(target, buffer);
    apply(bufferTransfer, buffer, [0]);
  }
  return copy;
}

const { structuredClone } = {
  structuredClone(value, options = undefined) {
    if (this !== undefined && this !== globalThis) {
      throw new NativeTypeError("Illegal invocation: this function belongs to the global object");
    }
    if (arguments.length === 0) throw new NativeTypeError("structuredClone(): the value is missing");
    if (options === undefined || options === null) return clone(value);
    if (typeof options !== "object" && typeof options !== "function") {
      throw new NativeTypeError("structuredClone(): the options must be an object");
    }
    const transfer = options.transfer;
    if (transfer === undefined) return clone(value);
    if (transfer === null || typeof transfer !== "object" || typeof transfer[Symbol.iterator] !== "function") {
      throw new NativeTypeError("structuredClone(): `transfer` must be an iterable");
    }
    return clone(value, [...transfer]);
  },
};
internals.expose("structuredClone", structuredClone);

internals.structuredClone = {
  // `transfer`: an array of ArrayBuffers that are detached.
  clone,
  // `cloneInstance(instance, clone)` makes the copy of an instance; what it throws comes out of structuredClone(). Instances can be
  // stored as bytes if `form` says how: under which name, as what value (`write(instance)`), and back (`read(value)`).
  register(Class, cloneInstance, form = undefined) {
    const registration = { cloneInstance, name: form?.name, write: form?.write };
    registered.set(Class.prototype, registration);
    if (form !== undefined) readers[form.name] = form.read;
  },
  // Refuses instances of a class that extends a registered one.
  refuse: (Class) => refused.add(Class.prototype),
  // For the walks to and from bytes, core/serialize.
  parts: {
    arrayClasses, bufferDetached, bufferLength, bufferMaximum, bufferResizable, dateTime, errorClass, hiddenOf, hide, isBuffer, kindOf, makeError,
    mapForEach, mapGet, mapSet, put, readers, refuse, regExpFlags, regExpSource, registrationOf, setAdd, setForEach, unbox, unsupported, viewParts,
  },
};

const { DOMException } = globalThis;
internals.structuredClone.register(DOMException, (exception) => {
  const copy = internals.domException(exception.name, exception.message);
  hide(copy, "stack", exception.stack);
  return copy;
}, {
  name: "DOMException",
  write: ({ name, message, stack }) => [name, message, stack],
  read(parts) {
    const exception = internals.domException(`${parts[0]}`, `${parts[1]}`);
    hide(exception, "stack", `${parts[2]}`);
    return exception;
  },
});
