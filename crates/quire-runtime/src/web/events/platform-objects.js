// Remembers which classes are the platform's own. Their instances look like any object to JavaScript, and some
// operations must tell them apart: structuredClone() refuses most of them.
const { getPrototypeOf } = Object;
const platformPrototypes = new WeakSet();
const { has, add } = WeakSet.prototype;
const { apply } = Reflect;

const defineClass = internals.defineClass;
internals.defineClass = (Class, tag) => {
  apply(add, platformPrototypes, [Class.prototype]);
  defineClass(Class, tag);
};

// Whether the object inherits from a class of the platform.
internals.isPlatformObject = (object) => {
  for (let prototype = object; prototype !== null; prototype = getPrototypeOf(prototype)) {
    if (apply(has, platformPrototypes, [prototype])) return true;
  }
  return false;
};
