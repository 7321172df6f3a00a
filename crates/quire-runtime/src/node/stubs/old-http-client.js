// node:_http_client: names and tables are real, the rest throws.
return require("internal/stub")("_http_client", {
  classes: "ClientRequest",
});
