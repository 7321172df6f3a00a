// node:vm, which can be imported but does nothing here.
return require("internal/stub")("vm", {
  functions: "compileFunction isContext measureMemory runInContext runInNewContext runInThisContext",
  classes: "Script",
  objects: "constants",
  values: {
    createContext: () => ({}),
    createScript: () => ({}),
  },
});
