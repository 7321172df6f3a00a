// node:dgram, which can be imported but does nothing here.
return require("internal/stub")("dgram", {
  functions: "createSocket",
  classes: "Socket",
});
