// node:util/types: what a value really is, whatever its prototype says.
const { apply, getPrototypeOf } = Reflect;
const { getOwnPropertyDescriptor } = Object;
const TypedArrayPrototype = getPrototypeOf(Uint8Array.prototype);
const tagOf = getOwnPropertyDescriptor(TypedArrayPrototype, Symbol.toStringTag).get;
const { toString } = Object.prototype;
const { isView } = ArrayBuffer;

/** Whether `method` takes the value as its receiver. */
const takes = (method, ...args) => (value) => {
  if (value === null || typeof value !== "object") return false;
  try {
    apply(method, value, args);
    return true;
  } catch {
    return false;
  }
};
const getter = (prototype, name) => getOwnPropertyDescriptor(prototype, name).get;

const typedArrayTag = (value) => (isView(value) ? apply(tagOf, value, []) : undefined);
const kind = (value) => apply(toString, value, []).slice(8, -1);
const isObject = (value) => value !== null && typeof value === "object";
const never = () => false;

const isArrayBuffer = takes(getter(ArrayBuffer.prototype, "byteLength"));
const isSharedArrayBuffer =
  typeof SharedArrayBuffer === "function" ? takes(getter(SharedArrayBuffer.prototype, "byteLength")) : never;
const isPromise = (value) => value instanceof Promise;
const boxes = {
  isNumberObject: takes(Number.prototype.valueOf),
  isStringObject: takes(String.prototype.valueOf),
  isBooleanObject: takes(Boolean.prototype.valueOf),
  isBigIntObject: takes(BigInt.prototype.valueOf),
  isSymbolObject: takes(Symbol.prototype.valueOf),
};
const AsyncFunction = getPrototypeOf(async () => {});
const GeneratorFunction = getPrototypeOf(function* () {});
const AsyncGeneratorFunction = getPrototypeOf(async function* () {});
const isIteratorOf = (iterable) => {
  const prototype = getPrototypeOf(iterable[Symbol.iterator]());
  return (value) => isObject(value) && getPrototypeOf(value) === prototype;
};

Object.assign(exports, {
  isArrayBuffer,
  isSharedArrayBuffer,
  isAnyArrayBuffer: (value) => isArrayBuffer(value) || isSharedArrayBuffer(value),
  isArrayBufferView: (value) => isView(value),
  isTypedArray: (value) => typedArrayTag(value) !== undefined,
  isDataView: (value) => isView(value) && typedArrayTag(value) === undefined,
  isDate: takes(Date.prototype.getTime),
  isRegExp: takes(getter(RegExp.prototype, "source")),
  isMap: takes(getter(Map.prototype, "size")),
  isSet: takes(getter(Set.prototype, "size")),
  isWeakMap: takes(WeakMap.prototype.has, {}),
  isWeakSet: takes(WeakSet.prototype.has, {}),
  isMapIterator: isIteratorOf(new Map()),
  isSetIterator: isIteratorOf(new Set()),
  isPromise,
  isNativeError: (value) => (Error.isError === undefined ? value instanceof Error : Error.isError(value)),
  ...boxes,
  isBoxedPrimitive: (value) => Object.values(boxes).some((isBox) => isBox(value)),
  isAsyncFunction: (value) =>
    typeof value === "function" && [AsyncFunction, AsyncGeneratorFunction].includes(getPrototypeOf(value)),
  isGeneratorFunction: (value) =>
    typeof value === "function" && [GeneratorFunction, AsyncGeneratorFunction].includes(getPrototypeOf(value)),
  isGeneratorObject: (value) => isObject(value) && ["Generator", "AsyncGenerator"].includes(kind(value)),
  isArgumentsObject: (value) => isObject(value) && !(Symbol.toStringTag in value) && kind(value) === "Arguments",
  isModuleNamespaceObject: (value) => isObject(value) && getPrototypeOf(value) === null && value[Symbol.toStringTag] === "Module",
  isCryptoKey: (value) => typeof CryptoKey === "function" && value instanceof CryptoKey,
  isKeyObject(value) {
    // Nobody has one who did not load the module.
    const { KeyObject } = internals.node.loaded("crypto") ?? {};
    return KeyObject !== undefined && value instanceof KeyObject;
  },
  // This engine does not tell.
  isProxy: never,
  isExternal: never,
});
// A getter of RegExp.prototype takes RegExp.prototype too.
const { isRegExp } = exports;
exports.isRegExp = (value) => value !== RegExp.prototype && isRegExp(value);
for (const name of [
  "Uint8Array", "Uint8ClampedArray", "Uint16Array", "Uint32Array", "Int8Array", "Int16Array", "Int32Array", "Float16Array",
  "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array",
]) {
  exports[`is${name}`] = (value) => typedArrayTag(value) === name;
}
