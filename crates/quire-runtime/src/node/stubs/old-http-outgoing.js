// node:_http_outgoing: names and tables are real, the rest throws.
return require("internal/stub")("_http_outgoing", {
  functions: "parseUniqueHeadersOption validateHeaderName validateHeaderValue",
  classes: "OutgoingMessage",
  values: {
    kHighWaterMark: Symbol("kHighWaterMark"),
    kUniqueHeaders: Symbol("kUniqueHeaders"),
  },
});
