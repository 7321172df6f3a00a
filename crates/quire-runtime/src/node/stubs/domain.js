// node:domain, which can be imported but does nothing here.
return require("internal/stub")("domain", {
  functions: "createDomain",
  classes: "Domain",
  objects: "create",
  values: {
    active: null,
  },
});
