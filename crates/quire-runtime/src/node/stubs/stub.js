// Modules that can be imported, because packages do so without using them, but whose functions throw when they are called.
const { notImplemented, ERR_METHOD_NOT_IMPLEMENTED } = require("internal/errors");

const words = (text = "") => text.split(/\s+/).filter((word) => word !== "");

/** A class that cannot be constructed, but extended and asked about with `instanceof`. */
function stubClass(module, name) {
  const { [name]: Class } = {
    [name]: class {
      constructor() {
        throw new ERR_METHOD_NOT_IMPLEMENTED(`${module}.${name}`);
      }
    },
  };
  return Class;
}

/** `functions`, `classes` and `objects` are names with spaces between them. */
return (module, { functions, classes, objects, values }) => {
  const stub = {};
  for (const name of words(functions)) stub[name] = notImplemented(`${module}.${name}`);
  for (const name of words(classes)) stub[name] = stubClass(module, name);
  for (const name of words(objects)) stub[name] = {};
  return Object.assign(stub, values);
};
