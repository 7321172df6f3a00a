// What kind of object a value is: its class, its tag, its keys. Nothing here runs the program's own code, but for getters
// named `Symbol.toStringTag`.
const { apply, getPrototypeOf, ownKeys, getOwnPropertyDescriptor } = Reflect;
const functionText = Function.prototype.toString;
const toTag = Object.prototype.toString;
const hasOwn = Object.hasOwn;

// What a built-in's method gives for this receiver, or undefined if it does not take it: the proof that the object is what
// its prototype says.
function attempt(Class, method, receiver) {
  // Most objects are none of these, and a thrown error is dear.
  if (!(receiver instanceof Class)) return undefined;
  try {
    return apply(method, receiver, []);
  } catch {
    return undefined;
  }
}

// The names of the language's own classes: what is inherited from these is not the program's.
const builtIns = new Set(Object.getOwnPropertyNames(globalThis).filter((name) => /^[A-Z][a-z]/.test(name)));

// The name of the class; null for objects without one, such as Object.create(null).
function classOf(object) {
  const first = object;
  for (let level = object; level !== null; level = getPrototypeOf(level)) {
    const own = getOwnPropertyDescriptor(level, "constructor");
    if (own !== undefined && typeof own.value === "function" && typeof own.value.name === "string" && own.value.name !== "") {
      const { prototype } = own.value;
      for (let above = getPrototypeOf(first); above !== null; above = getPrototypeOf(above)) {
        if (above === prototype) return own.value.name;
      }
    }
  }
  return null;
}

function tagOf(object, className) {
  let tag;
  try {
    tag = object[Symbol.toStringTag];
  } catch {
    return "";
  }
  if (typeof tag !== "string" || tag === "" || tag === className) return "";
  // An own property is listed among the others.
  return getOwnPropertyDescriptor(object, Symbol.toStringTag)?.enumerable ? "" : tag;
}

// "Map(2) ", "Foo [tag] ", "[Object: null prototype] "
function prefix(className, tag, fallback, size = "") {
  const shownTag = tag !== "" && tag !== fallback ? `[${tag}] ` : "";
  if (className === null) return `[${fallback}${size}: null prototype] ${shownTag}`;
  return `${className}${size} ${tag === "" ? "" : `[${tag}] `}`;
}

const isIndex = (key) => typeof key === "string" && /^(?:0|[1-9]\d{0,9})$/.test(key) && Number(key) < 4294967295;

// Arrays above this length are shown without properties that are no elements: finding these takes a string for each element.
const INDICES_MAX = 100_000;
// The engine adds where an error came from.
const enginesOwn = new Set(["line", "column", "sourceURL"]);

// Enumerable own keys, or all; those of arrays' elements left out.
function keysOf(object, skipIndices, withHidden) {
  const keys = [];
  // The language lists no other keys than all of them.
  if (skipIndices && object.length > INDICES_MAX) return keys;
  for (const key of ownKeys(object)) {
    if (skipIndices && isIndex(key)) continue;
    if (withHidden || getOwnPropertyDescriptor(object, key)?.enumerable) keys.push(key);
  }
  return keys;
}

function functionBase(value, className, tag) {
  const source = apply(functionText, value, []);
  if (source.startsWith("class") && source.endsWith("}")) {
    const name = hasOwn(value, "name") && value.name !== "" ? String(value.name) : "(anonymous)";
    let base = `class ${name}`;
    if (className !== "Function" && className !== null) base += ` [${className}]`;
    if (tag !== "") base += ` [${tag}]`;
    const parent = getPrototypeOf(value);
    if (className === null) base += " extends null";
    else if (typeof parent?.name === "string" && parent.name !== "") base += ` extends ${parent.name}`;
    return `[${base}]`;
  }
  const kind = apply(toTag, value, []).slice(8, -1);
  const type = /^(?:Async)?(?:Generator)?Function$/.test(kind) ? kind : "Function";
  let base = `[${type}`;
  if (className === null) base += " (null prototype)";
  base += typeof value.name !== "string" || value.name === "" ? " (anonymous)" : `: ${value.name}`;
  base += "]";
  if (className !== type && className !== null) base += ` ${className}`;
  if (tag !== "" && tag !== type) base += ` [${tag}]`;
  return base;
}

// The attributes of a platform object: getters of its classes, the most derived class first.
function accessorsOf(object) {
  const names = [];
  for (let level = getPrototypeOf(object); level !== null && level !== Object.prototype; level = getPrototypeOf(level)) {
    for (const name of ownKeys(level)) {
      if (typeof name !== "string" || names.includes(name)) continue;
      if (getOwnPropertyDescriptor(level, name).get !== undefined) names.push(name);
    }
  }
  // Class.prototype is no instance: its getters only throw.
  return hasOwn(object, "constructor") ? [] : names;
}

// How many of the program's own prototypes are looked through.
const PROTOTYPES_MAX = 3;

// What an object has from prototypes of the program's, methods left out: pairs of prototype and key.
function inheritedOf(object) {
  const found = [];
  const seen = new Set();
  let level = object;
  for (let i = 0; i < PROTOTYPES_MAX; i++) {
    level = getPrototypeOf(level);
    if (level === null) break;
    const own = getOwnPropertyDescriptor(level, "constructor");
    if (typeof own?.value === "function" && builtIns.has(own.value.name)) break;
    for (const key of ownKeys(level)) {
      if (key === "constructor" || hasOwn(object, key) || seen.has(key)) continue;
      seen.add(key);
      if (typeof getOwnPropertyDescriptor(level, key).value !== "function") found.push([level, key]);
    }
  }
  return found;
}

// The first element at or after `start` that an array has, or its length.
function endOfHoles(array, start, length) {
  let i = start;
  // Beyond this the holes are those of an array that is nearly empty: look its keys up instead.
  const near = Math.min(length, start + 1000);
  while (i < near && !hasOwn(array, i)) i++;
  if (i < near || i === length) return i;
  for (const key of Object.keys(array)) {
    if (!isIndex(key)) break;
    if (Number(key) > i) return Number(key);
  }
  return length;
}

function everyNumber(array, count) {
  for (let i = 0; i < count; i++) {
    const type = typeof array[i];
    if (type !== "number" && type !== "bigint") return false;
  }
  return true;
}

internals.console.kinds = {
  attempt, classOf, tagOf, prefix, keysOf, functionBase, accessorsOf, inheritedOf, endOfHoles, everyNumber, enginesOwn,
};
