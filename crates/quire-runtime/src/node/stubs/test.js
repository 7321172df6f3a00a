// node:test, which can be imported but does nothing here.
return require("internal/stub")("test", {
  classes: "MockFunctionContext MockTracker",
  objects: "mock",
});
