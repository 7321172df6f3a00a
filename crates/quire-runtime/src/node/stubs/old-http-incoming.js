// node:_http_incoming: names and tables are real, the rest throws.
return require("internal/stub")("_http_incoming", {
  classes: "IncomingMessage",
});
