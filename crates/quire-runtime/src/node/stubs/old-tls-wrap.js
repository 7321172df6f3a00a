// node:_tls_wrap, which can be imported but does nothing here.
return require("internal/stub")("_tls_wrap", {
  functions: "connect",
  classes: "TLSSocket",
});
