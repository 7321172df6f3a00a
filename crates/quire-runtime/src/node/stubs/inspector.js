// node:inspector, which can be imported but does nothing here.
return require("internal/stub")("inspector", {
  classes: "Session",
  objects: "Network console",
  values: {
    close: () => undefined,
    open: () => ({}),
    url: () => undefined,
    waitForDebugger: () => undefined,
  },
});
