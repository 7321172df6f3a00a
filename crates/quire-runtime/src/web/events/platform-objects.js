// Remembers which classes are the platform's own. Their instances look like any object to JavaScript, and some
// operations must tell them apart: structuredClone() refuses most of them.
const { getPrototypeOf } = Object;
const platformPrototypes = new WeakMap();
const { get, set } = WeakMap.prototype;
const { apply } = Reflect;

const defineClass = internals.defineClass;
internals.defineClass = (Class, tag) => {
  apply(set, platformPrototypes, [Class.prototype, tag]);
  defineClass(Class, tag);
};

// The name of the platform's class that the object inherits from, or undefined.
internals.platformClass = (object) => {
  for (let prototype = object; prototype !== null; prototype = getPrototypeOf(prototype)) {
    const name = apply(get, platformPrototypes, [prototype]);
    if (name !== undefined) return name;
  }
  return undefined;
};
internals.isPlatformObject = (object) => internals.platformClass(object) !== undefined;
