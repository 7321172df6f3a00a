// node:readline/promises, which can be imported but does nothing here.
return require("internal/stub")("readline/promises", {
  functions: "createInterface",
  classes: "Interface Readline",
});
