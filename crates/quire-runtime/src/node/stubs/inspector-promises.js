// node:inspector/promises, which can be imported but does nothing here.
return require("internal/stub")("inspector/promises", {
  functions: "close open url waitForDebugger",
  classes: "Session",
  objects: "Network console",
});
