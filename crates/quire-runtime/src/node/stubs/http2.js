// node:http2, which can be imported but does nothing here.
return require("internal/stub")("http2", {
  functions: "connect createSecureServer createServer getPackedSettings performServerHandshake",
  classes: "Http2ServerRequest Http2ServerResponse",
  objects: "constants",
  values: {
    getDefaultSettings: () => ({}),
    getUnpackedSettings: () => ({}),
    sensitiveHeaders: Symbol.for("nodejs.http2.sensitiveHeaders"),
  },
});
