// node:_http_server: names and tables are real, the rest throws.
const tables = require("internal/stub/tables");
return require("internal/stub")("_http_server", {
  functions: "_connectionListener httpServerPreClose setupConnectionsTracking storeHTTPOptions",
  classes: "Server ServerResponse",
  values: {
    kConnectionsCheckingInterval: Symbol("http.server.connectionsCheckingInterval"),
    kServerResponse: Symbol("ServerResponse"),
    STATUS_CODES: tables.STATUS_CODES,
  },
});
