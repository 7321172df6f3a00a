// node:readline, which can be imported but does nothing here.
return require("internal/stub")("readline", {
  functions: "createInterface",
  classes: "Interface",
  values: {
    promises: require("readline/promises"),
    clearLine: () => false,
    clearScreenDown: () => false,
    cursorTo: () => false,
    emitKeypressEvents: () => undefined,
    moveCursor: () => false,
  },
});
