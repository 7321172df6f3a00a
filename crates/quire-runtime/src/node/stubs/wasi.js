// node:wasi, which can be imported but does nothing here.
return require("internal/stub")("wasi", {
  classes: "WASI",
});
